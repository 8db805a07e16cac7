/** Starts `noxus lsp` and leaves everything else to it. */
const { existsSync } = require("node:fs");
const { join } = require("node:path");
const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = () => {
  client = new LanguageClient("noxus", { command: command(), args: ["lsp"] }, { documentSelector: selector });
  return client.start();
};

exports.deactivate = () => client?.stop();

const selector = [
  { scheme: "file", pattern: "**/plugin.{yaml,yml}" },
  { scheme: "file", language: "typescript" },
  { scheme: "file", language: "javascript" },
];

function command() {
  const chosen = workspace.getConfiguration("noxus").get("command");
  if (chosen) return chosen;
  // A folder that is not trusted starts nothing of its own.
  const folders = workspace.isTrusted ? (workspace.workspaceFolders ?? []) : [];
  const name = process.platform === "win32" ? "noxus.cmd" : "noxus";
  const installed = folders.map(({ uri }) => join(uri.fsPath, "node_modules", ".bin", name));
  return installed.find((file) => existsSync(file)) ?? name;
}
