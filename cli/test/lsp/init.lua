-- What docs/editors.md tells Neovim's users to write, for the version in Debian: a start by hand.
local root = vim.env.PLUGIN
local function finish(text)
  vim.fn.writefile({ text }, vim.env.ANSWER)
  vim.cmd("qa!")
end
vim.cmd("edit " .. root .. "/src/index.ts")
local id = vim.lsp.start_client({
  name = "noxus",
  cmd = { vim.env.NODE, vim.env.NOXUS, "lsp" },
  root_dir = root,
})
vim.lsp.buf_attach_client(0, id)
vim.wait(60000, function() return #vim.diagnostic.get(0) > 0 end, 50)
local found = vim.diagnostic.get(0)[1]
if found == nil then finish("no diagnostic came") end
local params = {
  textDocument = vim.lsp.util.make_text_document_params(),
  range = { start = { line = found.lnum, character = found.col }, ["end"] = { line = found.end_lnum, character = found.end_col } },
  context = { diagnostics = {} },
}
local answers = vim.lsp.buf_request_sync(0, "textDocument/codeAction", params, 60000)
local action = answers[id].result[1]
vim.lsp.util.apply_workspace_edit(action.edit, "utf-16")
vim.cmd("wall")
vim.wait(60000, function() return #vim.diagnostic.get(0) == 0 end, 50)
finish(found.code .. " | " .. action.title .. " | " .. #vim.diagnostic.get(0) .. " left")
