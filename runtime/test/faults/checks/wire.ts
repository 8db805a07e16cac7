/** Bytes on the connection: sizes, encodings, odd and hostile HTTP. */
import { gzipSync } from "node:zlib";
import * as assert from "uvu/assert";
import type { Check, Group } from "../check.ts";
import { pause, refused, succeeded, until } from "../expect.ts";
import type { Target } from "../target.ts";

const LIMIT = 100_000;
const type = "Content-Type: application/json\r\n";
const call = (body: string, more = "") =>
  `POST /any/run HTTP/1.1\r\nHost: x\r\n${type}${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const one = (value: unknown) => JSON.stringify({ inputs: { value } });

/** Statuses of the answers in a text of several, in order. */
const statuses = (answers: string) =>
  [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));

const unread: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "plain text": { "content-type": "text/plain" },
  "a form": { "content-type": "application/x-www-form-urlencoded" },
  "a type that only begins like JSON": { "content-type": "application/jsonx" },
  "no type": { "content-type": "" },
  "another charset": { "content-type": "application/json; charset=latin1" },
  "a compressed body": { "content-encoding": "gzip" },
  "two encodings": { "content-encoding": "identity, br" },
};

/** Node names that a plain object would have, or a careless path would open. */
const strangers: Readonly<Record<string, string>> = {
  "a traversal": "/../../etc/passwd/run",
  "an escaped traversal": "/..%2f..%2fetc%2fpasswd/run",
  "a traversal escaped twice": "/%252e%252e%252f/run",
  "an escaped zero byte": "/any%00/run",
  "an empty name": "//run",
};
const inherited = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "__defineGetter__"];

const broken: Readonly<Record<string, string>> = {
  "two lengths of one body":
    "POST /any/run HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  "no host": "GET /nodes HTTP/1.1\r\n\r\n",
  "no HTTP at all": "hello there, are you a server?\r\n\r\n",
  "a blank in a header's name": "GET /nodes HTTP/1.1\r\nHost: x\r\nBad Name: 1\r\n\r\n",
};

const checks: readonly Check[] = [
  {
    name: "wire: a body of exactly the limit is taken",
    control: "mute",
    async run(target) {
      const value = "x".repeat(LIMIT - one("").length);
      succeeded(await target.post("any", { value }), { value });
    },
  },
  {
    name: "wire: one byte more than the limit is 413",
    async run(target) {
      refused(
        await target.post("any", { value: "x".repeat(LIMIT - one("").length + 1) }),
        413,
        "payload_too_large",
      );
    },
  },
  {
    name: "wire: a body without a declared length is counted",
    async run(target) {
      const chunk = `2710\r\n${"x".repeat(10_000)}\r\n`;
      const head = `POST /any/run HTTP/1.1\r\nHost: x\r\n${type}Transfer-Encoding: chunked\r\n\r\n`;
      const answer = await target.speak(`${head}${chunk.repeat(20)}0\r\n\r\n`, "payload_too_large");
      assert.equal(statuses(answer), [413]);
    },
  },
  {
    name: "wire: a caller that is still writing reads the 413",
    async run(target) {
      const head = `POST /any/run HTTP/1.1\r\nHost: x\r\n${type}Content-Length: 5000000\r\n\r\n`;
      const socket = await target.open();
      let answer = "";
      let error: Error | null = null;
      socket.on("error", (thrown) => {
        error = thrown;
      });
      socket.pause();
      socket.on("data", (bytes) => {
        answer += bytes;
      });
      // All of it is written before anything is read, as a simple client does.
      await new Promise<void>((resolve) => socket.write(head + "x".repeat(5_000_000), () => resolve()));
      socket.resume();
      await until(() => answer.includes("payload_too_large") || socket.destroyed, "the 413");
      socket.destroy();
      assert.is(error, null);
      assert.match(answer, /^HTTP\/1\.1 413 [\s\S]*payload_too_large/);
    },
  },
  {
    name: "wire: who asks before sending too much is refused at once",
    async run(target) {
      const head = `POST /any/run HTTP/1.1\r\nHost: x\r\n${type}Content-Length: 5000000\r\nExpect: 100-continue\r\n\r\n`;
      assert.equal(statuses(await target.speak(head, "payload_too_large")), [413]);
    },
  },
  {
    name: "wire: who asks before sending may go on",
    control: "mute",
    async run(target) {
      const socket = await target.open();
      let answer = "";
      socket.on("data", (bytes) => {
        answer += bytes;
        if (answer.endsWith("100 Continue\r\n\r\n")) socket.write(one(1));
      });
      socket.write(call(one(1), "Expect: 100-continue\r\n").slice(0, -one(1).length));
      await until(() => answer.includes("success") || answer.includes("{}"), "the answer");
      socket.destroy();
      assert.equal(statuses(answer), [100, 200]);
      assert.match(answer, /"success"/);
    },
  },
  {
    name: "wire: an expectation that nobody knows is 417",
    control: "lenient",
    async run(target) {
      const answer = await target.speak(
        call(one(1), "Expect: miracles\r\nConnection: close\r\n"),
        "\r\n\r\n",
      );
      assert.equal(statuses(answer), [417]);
    },
  },
  ...Object.entries(unread).map(
    ([what, headers]): Check => ({
      name: `wire: ${what} is 415`,
      async run(target) {
        const body = what.includes("compressed") ? gzipSync(one(1)) : one(1);
        refused(await target.body("any", body, headers), 415, "unsupported_media_type");
      },
    }),
  ),
  {
    name: "wire: UTF-8 is taken in any spelling",
    control: "upset",
    async run(target) {
      const headers = { "content-type": 'Application/JSON; charset="UTF-8"', "content-encoding": "identity" };
      succeeded(await target.body("any", one("ä"), headers), { value: "ä" });
    },
  },
  {
    name: "wire: an unknown node is told before its body is read",
    control: "mute",
    async run(target) {
      const head =
        "POST /nope/run HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 9999999\r\n\r\n";
      assert.equal(statuses(await target.speak(head, 'node_not_found"')), [404]);
    },
  },
  {
    name: "wire: pipelined requests are answered in their order",
    control: "mute",
    async run(target) {
      const requests = [120, 0, 60, 0].map((ms, index) =>
        call(JSON.stringify({ inputs: { ms } }), index === 3 ? "Connection: close\r\n" : "").replace(
          "/any/",
          "/sleep/",
        ),
      );
      const answers = await target.speak(requests.join(""));
      const slept = [...answers.matchAll(/"slept":(\d+)/g)].map(([, ms]) => Number(ms));
      assert.equal(slept, [120, 0, 60, 0]);
    },
  },
  {
    name: "wire: a bad request between pipelined good ones harms neither",
    async run(target) {
      const last = call(one(3), "Connection: close\r\n");
      const answers = await target.speak([call(one(1)), call("{}x"), call("[]"), last].join(""));
      assert.equal(statuses(answers), [200, 400, 422, 200]);
    },
  },
  {
    name: "wire: HEAD has the headers of GET and no body",
    async run(target) {
      const [head, get] = [await target.send({ method: "HEAD", path: "/nodes" }), await target.get("/nodes")];
      assert.equal([head.status, head.text], [200, ""]);
      assert.is(head.headers["content-length"], get.headers["content-length"]);
      assert.is(Number(get.headers["content-length"]), Buffer.byteLength(get.text));
    },
  },
  {
    name: "wire: HEAD of a call is 405",
    async run(target) {
      const { status, headers } = await target.send({ method: "HEAD", path: "/any/run" });
      assert.is(status, 405);
      assert.match(String(headers.allow), /POST/);
    },
  },
  {
    name: "wire: OPTIONS tells what works",
    async run(target) {
      const run = await target.send({ method: "OPTIONS", path: "/any/run" });
      assert.equal([run.status, run.headers.allow], [204, "POST, OPTIONS"]);
      const list = await target.send({ method: "OPTIONS", path: "/nodes" });
      assert.equal([list.status, list.headers.allow], [204, "HEAD, GET, OPTIONS"]);
    },
  },
  ...[
    ["GET", "/any/run", /POST/],
    ["DELETE", "/any/manifest", /GET/],
    ["POST", "/health", /GET/],
    ["PUT", "/any/run", /POST/],
    ["PATCH", "/", /GET/],
  ].map(
    ([method, path, allow]): Check => ({
      name: `wire: ${method} ${path} is 405 and tells what works`,
      async run(target) {
        const reply = await target.send({ method: String(method), path: String(path) });
        refused(reply, 405, "method_not_allowed");
        assert.match(String(reply.headers.allow), allow as RegExp);
      },
    }),
  ),
  {
    name: "wire: an escaped letter in a node's name is that letter",
    async run(target) {
      const headers = { "content-type": "application/json" };
      succeeded(await target.send({ method: "POST", path: "/%61ny/run", headers, body: one(1) }), {
        value: 1,
      });
    },
  },
  {
    name: "wire: an escape that is none is the caller's fault",
    control: "mute",
    async run(target) {
      for (const path of ["/%zz/run", "/%E0%A4%A/run", "/%/manifest"]) {
        const method = path.endsWith("run") ? "POST" : "GET";
        const reply = await target.send({ method, path });
        assert.ok(reply.status === 400 || reply.status === 404, `${path}: ${reply.status}`);
        refused(reply, reply.status, reply.json.error?.code ?? "none");
      }
    },
  },
  ...Object.entries(strangers).map(
    ([what, path]): Check => ({
      name: `wire: ${what} in place of a node's name is 404`,
      control: "mute",
      async run(target) {
        const reply = await target.send({
          method: "POST",
          path,
          headers: { "content-type": "application/json" },
          body: one(1),
        });
        assert.is(reply.status, 404, reply.text);
        refused(reply, 404, reply.json.error?.code ?? "none");
      },
    }),
  ),
  ...inherited.map(
    (name): Check => ({
      name: `wire: \`${name}\` is no node, to call or to read`,
      async run(target) {
        refused(await target.post(name, { value: 1 }), 404, "node_not_found");
        refused(await target.get(`/${name}/manifest`), 404, "node_not_found");
      },
    }),
  ),
  {
    name: "wire: a very long name is refused with a short answer",
    control: "mute",
    async run(target) {
      const reply = await target.post("x".repeat(12_000), {});
      refused(reply, 404, "node_not_found");
      assert.ok(reply.text.length < 1500);
    },
  },
  {
    name: "wire: headers beyond 16 KB are 431",
    control: "upset",
    async run(target) {
      const answer = await target.speak(
        `GET /nodes HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(40_000)}\r\n\r\n`,
      );
      assert.equal(statuses(answer), [431]);
      succeeded(await target.post("any", { value: 1 }));
    },
  },
  {
    name: "wire: 10 KB of headers are fine",
    control: "upset",
    async run(target) {
      assert.is((await target.get("/nodes", { "x-long": "x".repeat(10_000) })).status, 200);
    },
  },
  ...Object.entries(broken).map(
    ([what, bytes]): Check => ({
      name: `wire: ${what} is 400, and the connection is closed`,
      control: "lenient",
      async run(target) {
        // Until the server closes it: behind such bytes no request can be found any more.
        assert.equal(statuses(await target.speak(bytes)), [400]);
        succeeded(await target.post("any", { value: 1 }));
      },
    }),
  ),
  {
    name: "wire: what is no HTTP gets the same error body as all else",
    async run(target) {
      const answer = await target.speak("hello there, are you a server?\r\n\r\n");
      assert.match(
        answer,
        /^HTTP\/1\.1 400 [\s\S]*\r\n\r\n\{"status":"error","error":\{"code":"bad_request",/,
      );
    },
  },
  {
    name: "wire: an HTTP/1.0 client gets its answer and the end of the connection",
    control: "upset",
    async run(target) {
      assert.match(await target.speak("GET /health/live HTTP/1.0\r\n\r\n"), /^HTTP\/1\.1 200 [\s\S]*healthy/);
    },
  },
  {
    name: "wire: an upgrade nobody offers is answered as if not asked for",
    control: "upset",
    async run(target) {
      const answer = await target.speak(
        "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "healthy",
      );
      assert.equal(statuses(answer), [200]);
    },
  },
  {
    name: "wire: CONNECT opens nothing, and hurts nothing",
    control: "upset",
    async run(target) {
      const answer = await target.speak("CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n");
      assert.not.match(answer, /^HTTP\/1\.1 2/);
      succeeded(await target.post("any", { value: 1 }));
    },
  },
  {
    name: "wire: connections are kept longer than a proxy keeps them",
    async run(target) {
      const seconds = Number(
        /timeout=(\d+)/.exec(String((await target.get("/nodes")).headers["keep-alive"]))?.[1],
      );
      assert.ok(seconds >= 61, `${seconds}`);
    },
  },
  {
    name: "wire: a connection serves many requests",
    control: "upset",
    async run(target) {
      const socket = await target.open();
      let answers = "";
      socket.on("data", (bytes) => {
        answers += bytes;
      });
      for (let count = 1; count <= 20; count += 1) {
        socket.write(call(one(count)));
        await until(
          () => answers.includes(`{"value":${count}}`) || statuses(answers).includes(500),
          "an answer",
        );
      }
      socket.destroy();
      assert.equal(statuses(answers), Array(20).fill(200));
    },
  },
  {
    name: "wire: a hundred clients that stop in the middle of a body keep nobody waiting",
    async run(target) {
      const sockets = await Promise.all(Array.from({ length: 100 }, () => stopped(target)));
      succeeded(await target.post("any", { value: 1 }));
      const { queue, runners } = (await target.get("/status")).json as Record<string, Record<string, number>>;
      assert.equal([queue?.waiting, runners?.busy], [0, 0]);
      for (const socket of sockets) socket.destroy();
      succeeded(await target.post("any", { value: 2 }));
    },
  },
  {
    name: "wire: a body that comes byte by byte is one body",
    control: "mute",
    async run(target) {
      const socket = await target.open();
      let answer = "";
      socket.setNoDelay(true).on("data", (bytes) => {
        answer += bytes;
      });
      for (const byte of call(one("abc"), "Connection: close\r\n")) {
        socket.write(byte);
        await new Promise(setImmediate);
      }
      await until(() => answer.includes("execution_time"), "the answer");
      socket.destroy();
      assert.match(answer, /"outputs":\{"value":"abc"\}/);
    },
  },
  {
    name: "wire: a caller that is gone in the middle of its body is logged as gone",
    async run(target) {
      const socket = await target.open();
      socket.write(call("x".repeat(1000), "X-Request-Id: half-sent\r\n").slice(0, -500));
      await pause(20);
      socket.destroy();
      await until(() => target.lines().some((line) => line.request_id === "half-sent"), "its line");
      const line = target.lines().find(({ request_id }) => request_id === "half-sent");
      assert.is(line?.code, "caller_gone");
    },
  },
  {
    name: "wire: an unfinished header keeps nobody waiting",
    control: "upset",
    async run(target) {
      const sockets = await Promise.all(Array.from({ length: 50 }, () => target.open()));
      for (const socket of sockets) socket.write("POST /any/run HTTP/1.1\r\nHost: x\r\nX-Slow: ");
      succeeded(await target.post("any", { value: 1 }));
      for (const socket of sockets) socket.destroy();
    },
  },
];

async function stopped(target: Target) {
  const socket = await target.open();
  socket.on("error", () => {});
  socket.write(call(one("x".repeat(1000))).slice(0, -500));
  return socket;
}

export const wire: Group = {
  name: "wire",
  options: { bodyLimit: LIMIT },
  plugin: {
    nodes: {
      Any: { inputs: { value: {} }, call: "return { value };" },
      Sleep: {
        inputs: { ms: { type: "number" } },
        call: "await new Promise((resolve) => setTimeout(resolve, ms)); return { slept: ms };",
      },
    },
  },
  checks,
};
