import type { PackageRow } from "./table.ts";

/**
 * A use of a package of the sample in README.md. It says what may be refused, not which permissions are right: those are
 * held against one run of the oracle only.
 */
export type SampleRow = Omit<PackageRow, "right">;

/** The sample of README.md, in its order. */
export const sampleRows: readonly SampleRow[] = [
  {
    name: "@sinclair/typebox",
    kind: "pure",
    imports: `import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";`,
    body: "return { ok: Value.Check(Type.Object({ name: Type.String() }), { name: input }) };",
    refused: [],
    why: null,
  },
  {
    name: "arktype",
    kind: "makes-code",
    imports: 'import { type } from "arktype";',
    body: `const User = type({ name: "string", "age?": "number" });
return { ok: !(User({ name: input }) instanceof type.errors) };`,
    refused: ["NX3004"],
    why: "a registry of its own stands in the global object under a name that is put together",
  },
  {
    name: "jsonschema",
    kind: "pure",
    imports: 'import { Validator } from "jsonschema";',
    body: 'return { ok: new Validator().validate({ name: input }, { type: "object", properties: { name: { type: "string" } } }).valid };',
    refused: [],
    why: null,
  },
  {
    name: "moment-timezone",
    kind: "pure",
    imports: 'import moment from "moment-timezone";',
    body: 'return { time: moment.tz("2024-06-01 12:00", "America/Toronto").clone().tz("Europe/Paris").format() };',
    refused: [],
    why: null,
  },
  {
    name: "cron-parser",
    kind: "pure",
    imports: 'import { CronExpressionParser } from "cron-parser";',
    body: 'return { next: CronExpressionParser.parse("*/5 * * * *", { tz: "Europe/Paris" }).next().toISOString() };',
    refused: [],
    why: null,
  },
  {
    name: "chrono-node",
    kind: "pure",
    imports: 'import * as chrono from "chrono-node";',
    body: 'return { date: chrono.parseDate("An appointment on Sep 12-13 " + input) };',
    refused: [],
    why: null,
  },
  {
    name: "remark",
    kind: "pure",
    imports: 'import { remark } from "remark";',
    body: 'return { text: String(await remark().process("* " + input)) };',
    refused: [],
    why: null,
  },
  {
    name: "showdown",
    kind: "pure",
    imports: 'import showdown from "showdown";',
    body: 'return { html: new showdown.Converter().makeHtml("# " + input) };',
    refused: [],
    why: null,
  },
  {
    name: "turndown",
    kind: "pure",
    imports: 'import TurndownService from "turndown";',
    body: 'return { text: new TurndownService().turndown("<h1>" + input + "</h1>") };',
    refused: [],
    why: null,
  },
  {
    name: "fast-csv",
    kind: "pure",
    imports: 'import { parseString } from "fast-csv";',
    body: `const rows = [];
await new Promise((resolve, reject) =>
  parseString("a,b\\n1,2\\n", { headers: true }).on("error", reject).on("data", (row) => rows.push(row)).on("end", resolve));
return { rows };`,
    refused: [],
    why: null,
  },
  {
    name: "sax",
    kind: "pure",
    imports: 'import sax from "sax";',
    body: `const names = [];
const parser = sax.parser(true);
parser.onopentag = (tag) => names.push(tag.name);
parser.write("<a><b/></a>").close();
return { names };`,
    refused: [],
    why: null,
  },
  {
    name: "@xmldom/xmldom",
    kind: "pure",
    imports: 'import { DOMParser, XMLSerializer } from "@xmldom/xmldom";',
    body: 'return { text: new XMLSerializer().serializeToString(new DOMParser().parseFromString("<a><b/></a>", "text/xml")) };',
    refused: [],
    why: null,
  },
  {
    name: "@iarna/toml",
    kind: "pure",
    imports: 'import TOML from "@iarna/toml";',
    body: 'return { text: TOML.stringify(TOML.parse("a = 1")) };',
    refused: ["NX3004"],
    why: null,
  },
  {
    name: "plist",
    kind: "pure",
    imports: 'import { build, parse } from "plist";',
    body: "return { value: parse(\"<plist version='1.0'><dict><key>a</key><string>b</string></dict></plist>\"), text: build({ input }) };",
    refused: [],
    why: null,
  },
  {
    name: "front-matter",
    kind: "pure",
    imports: 'import fm from "front-matter";',
    body: 'return { data: fm("---\\ntitle: a\\n---\\n" + input).attributes };',
    refused: [],
    why: "js-yaml 3 has types that make functions, for `load` with all of its schema",
    refusable: "the option `allowUnsafe` makes functions from the text",
  },
  {
    name: "pug",
    kind: "makes-code",
    imports: 'import pug from "pug";',
    body: 'return { html: pug.render("p= name", { name: input }) };',
    refused: ["NX3004"],
    why: null,
  },
  {
    name: "liquidjs",
    kind: "pure",
    imports: 'import { Liquid } from "liquidjs";',
    body: 'return { text: await new Liquid().parseAndRender("Hello {{ name | capitalize }}", { name: input }) };',
    refused: [],
    why: null,
  },
  {
    name: "hogan.js",
    kind: "makes-code",
    imports: 'import Hogan from "hogan.js";',
    body: 'return { text: Hogan.compile("Hello {{name}}").render({ name: input }) };',
    refused: ["NX3004"],
    why: null,
  },
  {
    name: "underscore",
    kind: "makes-code",
    imports: 'import _ from "underscore";',
    body: 'return { odd: _.filter([1, 2, 3], (n) => n % 2 === 1), groups: _.groupBy(["a", "bb"], "length") };',
    refused: [],
    why: "the default export has `_.template`, which makes code",
    refusable: "`_.template` makes code",
  },
  {
    name: "immer",
    kind: "pure",
    imports: 'import { produce } from "immer";',
    body: "return { next: produce({ list: [1] }, (draft) => { draft.list.push(2); }) };",
    refused: [],
    why: null,
  },
  {
    name: "es-toolkit",
    kind: "pure",
    imports: 'import { chunk, debounce, groupBy } from "es-toolkit";',
    body: `debounce(() => {}, 1).cancel();
return { chunks: chunk([1, 2, 3], 2), groups: groupBy(["a", "bb"], (text) => text.length) };`,
    refused: [],
    why: null,
  },
  {
    name: "ulid",
    kind: "pure",
    imports: 'import { ulid } from "ulid";',
    body: "return { id: ulid() };",
    refused: [],
    why: null,
  },
  {
    name: "@paralleldrive/cuid2",
    kind: "pure",
    imports: 'import { createId } from "@paralleldrive/cuid2";',
    body: "return { id: createId() };",
    refused: [],
    why: null,
  },
  {
    name: "hashids",
    kind: "pure",
    imports: 'import Hashids from "hashids";',
    body: 'return { id: new Hashids("salt").encode(1, 2, 3) };',
    refused: [],
    why: null,
  },
  {
    name: "node-forge",
    kind: "pure",
    imports: 'import forge from "node-forge";',
    body: `const md = forge.md.sha256.create();
md.update(input);
return { hash: md.digest().toHex() };`,
    refused: [],
    why: null,
  },
  {
    name: "elliptic",
    kind: "pure",
    imports: 'import elliptic from "elliptic";',
    body: `const key = new elliptic.ec("secp256k1").genKeyPair();
return { ok: key.verify("0102", key.sign("0102").toDER()) };`,
    refused: [],
    why: null,
  },
  {
    name: "object-hash",
    kind: "pure",
    imports: 'import hash from "object-hash";',
    body: "return { hash: hash({ input, list: [1, 2] }) };",
    refused: [],
    why: null,
  },
  {
    name: "jws",
    kind: "pure",
    imports: 'import jws from "jws";',
    body: `const signature = jws.sign({ header: { alg: "HS256" }, payload: input, secret: "secret" });
return { ok: jws.verify(signature, "HS256", "secret") };`,
    refused: [],
    why: null,
  },
  {
    name: "google-auth-library",
    kind: "network",
    imports: 'import { GoogleAuth } from "google-auth-library";',
    body: `const auth = new GoogleAuth({ scopes: "https://www.googleapis.com/auth/cloud-platform" });
const client = await auth.getClient();
return { answer: (await client.request({ url: "https://dns.googleapis.com/dns/v1/projects/a" })).data };`,
    refused: [],
    why: null,
  },
  {
    name: "openid-client",
    kind: "network",
    imports: 'import * as client from "openid-client";',
    body: `const config = await client.discovery(new URL("https://login.example.com"), "id", "secret");
return { url: client.buildAuthorizationUrl(config, { scope: "openid" }).href };`,
    refused: [],
    why: null,
  },
  {
    name: "d3-array",
    kind: "pure",
    imports: 'import { bin, extent, mean, quantile } from "d3-array";',
    body: "return { mean: mean([1, 2, 3]), range: extent([3, 1]), q: quantile([1, 2, 3], 0.5), bins: bin()([1, 2, 3]).length };",
    refused: [],
    why: null,
  },
  {
    name: "fraction.js",
    kind: "pure",
    imports: 'import Fraction from "fraction.js";',
    body: 'return { value: new Fraction("1.(3)").mul(3).toString() };',
    refused: [],
    why: null,
  },
  {
    name: "jstat",
    kind: "pure",
    imports: 'import jstat from "jstat";',
    body: "return { value: jstat.jStat.normal(0, 1).cdf(1.96) };",
    refused: [],
    why: null,
  },
  {
    name: "diff",
    kind: "pure",
    imports: 'import { diffChars, createTwoFilesPatch } from "diff";',
    body: 'return { parts: diffChars("hello", input).length, patch: createTwoFilesPatch("a", "b", "one\\n", "two\\n") };',
    refused: [],
    why: null,
  },
  {
    name: "pluralize",
    kind: "pure",
    imports: 'import pluralize from "pluralize";',
    body: "return { text: pluralize(input, 2) };",
    refused: [],
    why: null,
  },
  {
    name: "fastest-levenshtein",
    kind: "pure",
    imports: 'import { closest, distance } from "fastest-levenshtein";',
    body: 'return { distance: distance("hello", input), best: closest("fast", ["slow", "faster"]) };',
    refused: [],
    why: null,
  },
  {
    name: "lunr",
    kind: "pure",
    imports: 'import lunr from "lunr";',
    body: `const index = lunr(function () { this.ref("id"); this.field("text"); this.add({ id: "1", text: input }); });
return { found: index.search("hello").length };`,
    refused: [],
    why: null,
  },
  {
    name: "minisearch",
    kind: "pure",
    imports: 'import MiniSearch from "minisearch";',
    body: `const search = new MiniSearch({ fields: ["text"] });
search.addAll([{ id: 1, text: input }]);
return { found: search.search("hello").length };`,
    refused: [],
    why: null,
  },
  {
    name: "flexsearch",
    kind: "pure",
    imports: 'import { Index } from "flexsearch";',
    body: `const index = new Index({ tokenize: "forward" });
index.add(1, input);
return { found: index.search("hello") };`,
    refused: [],
    why: "workers that are made from the text of a function belong to classes beside `Index`",
  },
  {
    name: "parse5",
    kind: "pure",
    imports: 'import { parse, serialize } from "parse5";',
    body: 'return { html: serialize(parse("<p>" + input)) };',
    refused: [],
    why: null,
  },
  {
    name: "jsdom",
    kind: "network",
    imports: 'import { JSDOM } from "jsdom";',
    body: 'return { text: new JSDOM("<p>" + input + "</p>").window.document.querySelector("p").textContent };',
    refused: [],
    why: "a CommonJS module counts whole: undici with its WebAssembly, names of the global object; its bundle asks for `require.resolve`, which it does not have",
  },
  {
    name: "sanitize-html",
    kind: "pure",
    imports: 'import sanitizeHtml from "sanitize-html";',
    body: 'return { html: sanitizeHtml("<script>1</script><b>" + input + "</b>", { allowedTags: ["b"] }) };',
    refused: [],
    why: null,
  },
  {
    name: "cross-fetch",
    kind: "network",
    imports: 'import fetch from "cross-fetch";',
    body: 'return { body: await (await fetch("https://api.example.com/items")).text() };',
    refused: [],
    why: null,
  },
  {
    name: "needle",
    kind: "network",
    imports: 'import needle from "needle";',
    body: 'return { body: (await needle("get", "https://api.example.com/items")).body };',
    refused: [],
    why: null,
  },
  {
    name: "graphql-request",
    kind: "network",
    imports: 'import { GraphQLClient, gql } from "graphql-request";',
    body: `const query = gql\`{ movie(title: "x") { year } }\`;
return { data: await new GraphQLClient("https://api.example.com/graphql").request(query) };`,
    refused: [],
    why: null,
  },
  {
    name: "@aws-sdk/client-dynamodb",
    kind: "network",
    imports: 'import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";',
    body: `const client = new DynamoDBClient({ region: "eu-west-1", credentials: { accessKeyId: "id", secretAccessKey: "secret" }, maxAttempts: 1 });
return { item: (await client.send(new GetItemCommand({ TableName: "t", Key: { id: { S: input } } }))).Item };`,
    refused: [],
    why: null,
  },
  {
    name: "@google-cloud/storage",
    kind: "network",
    imports: 'import { Storage } from "@google-cloud/storage";',
    body: `const storage = new Storage({ projectId: "p", retryOptions: { autoRetry: false } });
await storage.bucket("box").file("a.txt").save(input);
return { ok: true };`,
    refused: [],
    why: null,
  },
  {
    name: "@azure/identity",
    kind: "network",
    imports: 'import { ClientSecretCredential } from "@azure/identity";',
    body: `const credential = new ClientSecretCredential("00000000-0000-0000-0000-000000000000", "id", "secret");
return { token: (await credential.getToken("https://vault.azure.net/.default")).token };`,
    refused: [],
    why: null,
  },
  {
    name: "@google/genai",
    kind: "network",
    imports: 'import { GoogleGenAI } from "@google/genai";',
    body: `const ai = new GoogleGenAI({ apiKey: "key" });
return { text: (await ai.models.generateContent({ model: "small", contents: input })).text };`,
    refused: [],
    why: null,
  },
  {
    name: "@mistralai/mistralai",
    kind: "network",
    imports: 'import { Mistral } from "@mistralai/mistralai";',
    body: `const client = new Mistral({ apiKey: "key", retryConfig: { strategy: "none" } });
return { answer: await client.chat.complete({ model: "small", messages: [{ role: "user", content: input }] }) };`,
    refused: ["NX3004"],
    why: "zod tries whether it may make code; the global object is looked through for what a platform has, telemetry is loaded by its name where it is installed",
  },
  {
    name: "cohere-ai",
    kind: "network",
    imports: 'import { CohereClientV2 } from "cohere-ai";',
    body: `const cohere = new CohereClientV2({ token: "key" });
return { answer: await cohere.chat({ model: "small", messages: [{ role: "user", content: input }] }, { maxRetries: 0 }) };`,
    refused: [],
    why: null,
  },
  {
    name: "twilio",
    kind: "network",
    imports: 'import twilio from "twilio";',
    body: `const client = twilio("AC00000000000000000000000000000000", "token");
return { sid: (await client.messages.create({ body: input, from: "+15005550006", to: "+15005550009" })).sid };`,
    refused: [],
    why: "in axios, functions of a list are taken by going through it; another package writes `next` to objects that are not known, which could change how",
  },
  {
    name: "@notionhq/client",
    kind: "network",
    imports: 'import { Client } from "@notionhq/client";',
    body: 'return { users: await new Client({ auth: "key", retry: false }).users.list({}) };',
    refused: [],
    why: null,
  },
  {
    name: "telegraf",
    kind: "network",
    imports: 'import { Telegraf } from "telegraf";',
    body: 'return { sent: await new Telegraf("token").telegram.sendMessage(1, input) };',
    refused: [],
    why: null,
  },
  {
    name: "mongodb",
    kind: "network",
    imports: 'import { MongoClient } from "mongodb";',
    body: `const client = new MongoClient("mongodb://db.example.com:27017", { serverSelectionTimeoutMS: 50 });
return { item: await client.db("shop").collection("items").findOne({ name: input }) };`,
    refused: ["NX3007"],
    why: null,
  },
  {
    name: "mysql2",
    kind: "makes-code",
    imports: 'import mysql from "mysql2/promise";',
    body: `const connection = await mysql.createConnection({ host: "db.example.com", user: "reader", database: "shop" });
return { rows: (await connection.query("select 1"))[0] };`,
    refused: ["NX3004", "NX3007"],
    why: null,
  },
  {
    name: "postgres",
    kind: "network",
    imports: 'import postgres from "postgres";',
    body: `const sql = postgres({ host: "db.example.com", username: "reader", password: "secret", database: "shop", connect_timeout: 1 });
return { rows: await sql\`select \${input}\` };`,
    refused: [],
    why: null,
  },
  {
    name: "@elastic/elasticsearch",
    kind: "network",
    imports: 'import { Client } from "@elastic/elasticsearch";',
    body: `const client = new Client({ node: "https://search.example.com", maxRetries: 0 });
return { hits: await client.search({ index: "a", query: { match: { text: input } } }) };`,
    refused: ["NX3007"],
    why: "undici, a CommonJS package that counts whole; apache-arrow is loaded by its name",
  },
  {
    name: "@supabase/supabase-js",
    kind: "network",
    imports: 'import { createClient } from "@supabase/supabase-js";',
    body: `const supabase = createClient("https://project.supabase.co", "key");
return { data: (await supabase.from("items").select().eq("name", input)).data };`,
    refused: [],
    why: null,
  },
  {
    name: "algoliasearch",
    kind: "network",
    imports: 'import { algoliasearch } from "algoliasearch";',
    body: 'return { found: await algoliasearch("APP", "key").search({ requests: [{ indexName: "items", query: input }] }) };',
    refused: [],
    why: null,
  },
  {
    name: "amqplib",
    kind: "network",
    imports: 'import amqp from "amqplib";',
    body: `const connection = await amqp.connect("amqp://queue.example.com");
const channel = await connection.createChannel();
return { ok: channel.sendToQueue("jobs", Buffer.from(input)) };`,
    refused: [],
    why: null,
  },
  {
    name: "kafkajs",
    kind: "network",
    imports: 'import { Kafka } from "kafkajs";',
    body: `const kafka = new Kafka({ clientId: "plugin", brokers: ["kafka.example.com:9092"], retry: { retries: 0 }, logLevel: 0 });
const producer = kafka.producer();
await producer.connect();
return { sent: await producer.send({ topic: "t", messages: [{ value: input }] }) };`,
    refused: [],
    why: null,
  },
  {
    name: "bullmq",
    kind: "network",
    imports: 'import { Queue } from "bullmq";',
    body: `const queue = new Queue("mail", { connection: { host: "cache.example.com", port: 6379, retryStrategy: () => null } });
queue.on("error", () => {});
return { id: (await queue.add("send", { input })).id };`,
    refused: ["NX3004", "NX3009"],
    why: "workers and processors that are loaded by their names belong to classes beside `Queue`; a name of the global object is that of an error that was sent",
  },
  {
    name: "nodemailer",
    kind: "network",
    imports: 'import nodemailer from "nodemailer";',
    body: `const transport = nodemailer.createTransport({ host: "smtp.example.com", port: 587, auth: { user: "u", pass: "p" } });
return { sent: await transport.sendMail({ from: "a@example.com", to: "b@example.com", subject: "x", text: input }) };`,
    refused: [],
    why: null,
  },
  {
    name: "@sendgrid/mail",
    kind: "network",
    imports: 'import sgMail from "@sendgrid/mail";',
    body: `sgMail.setApiKey("SG.key");
return { sent: (await sgMail.send({ to: "b@example.com", from: "a@example.com", subject: "x", text: input }))[0].statusCode };`,
    refused: [],
    why: null,
  },
  {
    name: "image-size",
    kind: "pure",
    imports: 'import { imageSize } from "image-size";',
    body: 'return { size: imageSize(Buffer.from("R0lGODlhAQABAAAAACw=", "base64")) };',
    refused: [],
    why: null,
  },
  {
    name: "file-type",
    kind: "pure",
    imports: 'import { fileTypeFromBuffer } from "file-type";',
    body: 'return { type: await fileTypeFromBuffer(Buffer.from("R0lGODlhAQABAAAAACw=", "base64")) };',
    refused: [],
    why: null,
  },
  {
    name: "jpeg-js",
    kind: "pure",
    imports: 'import jpeg from "jpeg-js";',
    body: "return { bytes: jpeg.encode({ width: 2, height: 2, data: Buffer.alloc(16) }, 50).data.length };",
    refused: [],
    why: null,
  },
  {
    name: "tar-stream",
    kind: "pure",
    imports: 'import tar from "tar-stream";',
    body: `const pack = tar.pack();
pack.entry({ name: "a.txt" }, input);
pack.finalize();
let bytes = 0;
for await (const chunk of pack) bytes += chunk.length;
return { bytes };`,
    refused: [],
    why: null,
  },
  {
    name: "yauzl",
    kind: "fs",
    imports: 'import yauzl from "yauzl";',
    body: `const zip = Buffer.concat([Buffer.from("504b0506", "hex"), Buffer.alloc(18)]);
return { entries: await new Promise((resolve, reject) =>
  yauzl.fromBuffer(zip, { lazyEntries: true }, (error, file) => (error ? reject(error) : resolve(file.entryCount)))) };`,
    refused: [],
    why: null,
  },
  {
    name: "archiver",
    kind: "fs",
    imports: 'import { ZipArchive } from "archiver";',
    body: `const archive = new ZipArchive({ zlib: { level: 9 } });
archive.append(input, { name: "a.txt" });
void archive.finalize();
let bytes = 0;
for await (const chunk of archive) bytes += chunk.length;
return { bytes };`,
    refused: [],
    why: null,
  },
  {
    name: "@turf/turf",
    kind: "pure",
    imports: 'import * as turf from "@turf/turf";',
    body: "return { km: turf.distance(turf.point([-75.3, 39.9]), turf.point([-75.5, 39.1])), area: turf.area(turf.circle([0, 0], 1)) };",
    refused: [],
    why: null,
  },
  {
    name: "geolib",
    kind: "pure",
    imports: 'import { getDistance } from "geolib";',
    body: 'return { metres: getDistance({ latitude: 51.5, longitude: 7.4 }, { latitude: "51° 31\' N", longitude: "7° 28\' E" }) };',
    refused: [],
    why: null,
  },
  {
    name: "proj4",
    kind: "pure",
    imports: 'import proj4 from "proj4";',
    body: 'return { point: proj4("EPSG:4326", "EPSG:3857", [2, 48]) };',
    refused: [],
    why: null,
  },
  {
    name: "tinycolor2",
    kind: "pure",
    imports: 'import tinycolor from "tinycolor2";',
    body: 'return { hex: tinycolor("red").lighten(10).toHexString(), ok: tinycolor(input).isValid() };',
    refused: [],
    why: null,
  },
  {
    name: "chroma-js",
    kind: "pure",
    imports: 'import chroma from "chroma-js";',
    body: 'return { hex: chroma("pink").darken().hex(), scale: chroma.scale(["yellow", "navy"]).mode("lab").colors(3) };',
    refused: [],
    why: null,
  },
  {
    name: "color-convert",
    kind: "pure",
    imports: 'import convert from "color-convert";',
    body: 'return { lab: convert.rgb.lab(140, 200, 100), name: convert.keyword.rgb("blue") };',
    refused: [],
    why: null,
  },
  {
    name: "currency.js",
    kind: "pure",
    imports: 'import currency from "currency.js";',
    body: 'return { total: currency("1,234.56").add(0.1).format() };',
    refused: [],
    why: null,
  },
  {
    name: "dinero.js",
    kind: "pure",
    imports: `import { add, dinero, toDecimal } from "dinero.js";
import { USD } from "dinero.js/currencies";`,
    body: "return { total: toDecimal(add(dinero({ amount: 500, currency: USD }), dinero({ amount: 1, currency: USD }))) };",
    refused: [],
    why: null,
  },
  {
    name: "accounting",
    kind: "pure",
    imports: 'import accounting from "accounting";',
    body: "return { total: accounting.formatMoney(12345678) };",
    refused: [],
    why: null,
  },
  {
    name: "i18next",
    kind: "pure",
    imports: 'import i18next from "i18next";',
    body: `await i18next.init({ lng: "en", resources: { en: { translation: { hello: "hello {{name}}" } } } });
return { text: i18next.t("hello", { name: input }) };`,
    refused: [],
    why: null,
  },
  {
    name: "intl-messageformat",
    kind: "pure",
    imports: 'import { IntlMessageFormat } from "intl-messageformat";',
    body: 'return { text: new IntlMessageFormat("{n, plural, one {# photo} other {# photos}}", "en").format({ n: 3 }) };',
    refused: [],
    why: null,
  },
  {
    name: "libphonenumber-js",
    kind: "pure",
    imports: 'import parsePhoneNumber from "libphonenumber-js";',
    body: 'return { country: parsePhoneNumber("+12133734253")?.country };',
    refused: [],
    why: null,
  },
  {
    name: "loglevel",
    kind: "pure",
    imports: 'import log from "loglevel";',
    body: `log.warn("called with", input);
return {};`,
    refused: [],
    why: null,
  },
  {
    name: "bunyan",
    kind: "env",
    imports: 'import bunyan from "bunyan";',
    body: `bunyan.createLogger({ name: "plugin" }).info({ input }, "called");
return {};`,
    refused: ["NX3009"],
    why: null,
  },
  {
    name: "log4js",
    kind: "env",
    imports: 'import log4js from "log4js";',
    body: `const logger = log4js.getLogger();
logger.level = "debug";
logger.debug("called with", input);
return {};`,
    refused: [],
    why: "its clustering talks to other processes; appenders are loaded by their names",
    refusable: "`configure` loads appenders by their names",
  },
  {
    name: "async",
    kind: "pure",
    imports: 'import async from "async";',
    body: "return { all: await async.mapLimit([1, 2, 3], 2, async (n) => n * 2) };",
    refused: [],
    why: null,
  },
  {
    name: "bluebird",
    kind: "env",
    imports: 'import Promise from "bluebird";',
    body: "return { all: await Promise.map([1, 2, 3], (n) => n * 2, { concurrency: 2 }) };",
    refused: [],
    why: "faster functions are made from text where `navigator` is unknown, which it is in no supported Node; the test passes through an object",
  },
  {
    name: "p-retry",
    kind: "pure",
    imports: 'import pRetry from "p-retry";',
    body: "return { value: await pRetry(async () => input, { retries: 2 }) };",
    refused: [],
    why: null,
  },
  {
    name: "mitt",
    kind: "pure",
    imports: 'import mitt from "mitt";',
    body: `const seen = [];
const emitter = mitt();
emitter.on("x", (value) => seen.push(value));
emitter.emit("x", input);
return { seen };`,
    refused: [],
    why: null,
  },
  {
    name: "eventemitter2",
    kind: "pure",
    imports: 'import EventEmitter2 from "eventemitter2";',
    body: `const seen = [];
const emitter = new EventEmitter2({ wildcard: true });
emitter.on("a.*", (value) => seen.push(value));
emitter.emit("a.b", input);
return { seen };`,
    refused: [],
    why: null,
  },
  {
    name: "xstate",
    kind: "pure",
    imports: 'import { createActor, createMachine } from "xstate";',
    body: `const machine = createMachine({ id: "t", initial: "off", states: { off: { on: { GO: "on" } }, on: {} } });
const actor = createActor(machine).start();
actor.send({ type: "GO" });
return { state: actor.getSnapshot().value };`,
    refused: [],
    why: null,
  },
  {
    name: "chevrotain",
    kind: "pure",
    imports: 'import { createToken, CstParser, Lexer } from "chevrotain";',
    body: `const Word = createToken({ name: "Word", pattern: /\\w+/ });
const Space = createToken({ name: "Space", pattern: /\\s+/, group: Lexer.SKIPPED });
class Words extends CstParser {
  constructor() {
    super([Word, Space]);
    this.RULE("words", () => this.MANY(() => this.CONSUME(Word)));
    this.performSelfAnalysis();
  }
}
const parser = new Words();
parser.input = new Lexer([Word, Space]).tokenize("one two").tokens;
return { tree: parser.words().name };`,
    refused: [],
    why: null,
  },
  {
    name: "nearley",
    kind: "pure",
    imports: 'import nearley from "nearley";',
    body: `const rules = [{ name: "main", symbols: [/[a-z]/], postprocess: (d) => d[0] }];
const parser = new nearley.Parser(nearley.Grammar.fromCompiled({ ParserRules: rules, ParserStart: "main" }));
parser.feed("a");
return { results: parser.results };`,
    refused: [],
    why: null,
  },
  {
    name: "jsonpath-plus",
    kind: "makes-code",
    imports: 'import { JSONPath } from "jsonpath-plus";',
    body: 'return { found: JSONPath({ path: "$.items[*].name", json: { items: [{ name: input }] } }) };',
    refused: [],
    why: "expressions in paths are run by `vm`; this use has none",
    refusable: "a path with an expression runs it as code",
  },
  {
    name: "query-string",
    kind: "pure",
    imports: 'import queryString from "query-string";',
    body: 'return { text: queryString.stringify(queryString.parse("a=1&b=" + input)) };',
    refused: [],
    why: null,
  },
  {
    name: "url-parse",
    kind: "pure",
    imports: 'import parse from "url-parse";',
    body: 'return { host: parse("https://example.com/foo?a=" + input, true).host };',
    refused: [],
    why: null,
  },
  {
    name: "path-to-regexp",
    kind: "pure",
    imports: 'import { compile, match } from "path-to-regexp";',
    body: 'return { found: match("/:id")("/" + input), path: compile("/:id")({ id: "café" }) };',
    refused: [],
    why: null,
  },
  {
    name: "mime",
    kind: "pure",
    imports: 'import mime from "mime";',
    body: 'return { type: mime.getType("a.txt"), extension: mime.getExtension("text/plain") };',
    refused: [],
    why: null,
  },
  {
    name: "content-type",
    kind: "pure",
    imports: 'import { parse } from "content-type";',
    body: 'return { type: parse("image/svg+xml; charset=utf-8").type };',
    refused: [],
    why: null,
  },
  {
    name: "compare-versions",
    kind: "pure",
    imports: 'import { compareVersions, satisfies } from "compare-versions";',
    body: 'return { order: compareVersions("11.1.1", "10.0.0"), ok: satisfies("10.0.1", "~10.0.0") };',
    refused: [],
    why: null,
  },
  {
    name: "micromatch",
    kind: "env",
    imports: 'import micromatch from "micromatch";',
    body: 'return { found: micromatch(["foo", "bar", "baz"], ["f*", "b*"]) };',
    refused: [],
    why: null,
  },
  {
    name: "fast-glob",
    kind: "fs",
    imports: 'import fg from "fast-glob";',
    body: 'return { files: await fg(["*.txt"], { cwd: "/data", dot: true }) };',
    refused: [],
    why: null,
  },
  {
    name: "ignore",
    kind: "env",
    imports: 'import ignore from "ignore";',
    body: 'return { kept: ignore().add([".abc/*", "!.abc/d/"]).filter([".abc/a.js", ".abc/d/e.js"]) };',
    refused: [],
    why: null,
  },
  {
    name: "rss-parser",
    kind: "network",
    imports: 'import Parser from "rss-parser";',
    body: `const parser = new Parser({ timeout: 1000 });
return { title: (await parser.parseString("<rss version='2.0'><channel><title>x</title></channel></rss>")).title };`,
    refused: [],
    why: null,
  },
  {
    name: "feed",
    kind: "pure",
    imports: 'import { Feed } from "feed";',
    body: `const feed = new Feed({ title: input, id: "https://example.com/", copyright: "none" });
feed.addItem({ title: "a", link: "https://example.com/a", date: new Date(0) });
return { text: feed.rss2() };`,
    refused: [],
    why: null,
  },
  {
    name: "pdf-lib",
    kind: "pure",
    imports: 'import { PDFDocument, StandardFonts } from "pdf-lib";',
    body: `const document = await PDFDocument.create();
const page = document.addPage();
page.drawText(input, { font: await document.embedFont(StandardFonts.TimesRoman), size: 30 });
return { bytes: (await document.save()).length };`,
    refused: [],
    why: "`Function` is one of the types that arguments are checked against, and goes there in a list",
  },
  {
    name: "exceljs",
    kind: "fs",
    imports: 'import ExcelJS from "exceljs";',
    body: `const workbook = new ExcelJS.Workbook();
workbook.addWorksheet("a").addRow([input, 1]);
return { bytes: (await workbook.xlsx.writeBuffer()).byteLength };`,
    refused: [],
    why: "bluebird, for reading archives",
  },
  {
    name: "docx",
    kind: "pure",
    imports: 'import { Document, Packer, Paragraph, TextRun } from "docx";',
    body: `const document = new Document({ sections: [{ children: [new Paragraph({ children: [new TextRun(input)] })] }] });
return { bytes: (await Packer.toBuffer(document)).length };`,
    refused: [],
    why: null,
  },
  {
    name: "node-cache",
    kind: "pure",
    imports: 'import NodeCache from "node-cache";',
    body: `const cache = new NodeCache({ stdTTL: 100, checkperiod: 0 });
cache.set("a", input);
return { value: cache.get("a") };`,
    refused: [],
    why: null,
  },
  {
    name: "keyv",
    kind: "pure",
    imports: 'import Keyv from "keyv";',
    body: `const keyv = new Keyv();
await keyv.set("a", input);
return { value: await keyv.get("a") };`,
    refused: [],
    why: null,
  },
  {
    name: "memoizee",
    kind: "pure",
    imports: 'import memoize from "memoizee";',
    body: `const twice = memoize((n) => n * 2);
return { value: twice(2) + twice(2) };`,
    refused: ["NX3009"],
    why: "es5-ext makes functions of other lengths from text where they cannot be changed, and looks for the global object by a getter",
  },
  {
    name: "deepmerge",
    kind: "pure",
    imports: 'import merge from "deepmerge";',
    body: "return { merged: merge({ a: { b: 1 } }, { a: { c: input } }) };",
    refused: [],
    why: null,
  },
  {
    name: "flat",
    kind: "pure",
    imports: 'import { flatten, unflatten } from "flat";',
    body: 'return { flat: flatten({ a: { b: input } }), deep: unflatten({ "a.b": 1 }) };',
    refused: [],
    why: null,
  },
  {
    name: "fast-json-patch",
    kind: "pure",
    imports: 'import { applyPatch, compare } from "fast-json-patch";',
    body: 'return { next: applyPatch({ a: 1 }, [{ op: "replace", path: "/a", value: input }]).newDocument, diff: compare({ a: 1 }, { a: 2 }) };',
    refused: [],
    why: null,
  },
  {
    name: "protobufjs",
    kind: "makes-code",
    imports: 'import protobuf from "protobufjs";',
    body: `const Message = protobuf.parse("syntax = \\"proto3\\"; message M { string text = 1; }").root.lookupType("M");
return { text: Message.decode(Message.encode(Message.create({ text: input })).finish()).text };`,
    refused: ["NX3004", "NX3007"],
    why: "the global object is kept as a member",
  },
  {
    name: "bson",
    kind: "pure",
    imports: 'import { BSON, EJSON, ObjectId } from "bson";',
    body: "return { bytes: BSON.serialize({ _id: new ObjectId(), input }).length, text: EJSON.stringify({ a: 1 }) };",
    refused: ["NX3007"],
    why: null,
  },
  {
    name: "@msgpack/msgpack",
    kind: "pure",
    imports: 'import { decode, encode } from "@msgpack/msgpack";',
    body: "return { value: decode(encode({ input, list: [1, 2] })) };",
    refused: [],
    why: null,
  },
  {
    name: "fs-extra",
    kind: "fs",
    imports: 'import fs from "fs-extra";',
    body: `await fs.outputFile("/data/noxus-none/a.txt", input);
return { text: await fs.readFile("/data/noxus-none/a.txt", "utf8") };`,
    refused: [],
    why: null,
  },
  {
    name: "cosmiconfig",
    kind: "fs",
    imports: 'import { cosmiconfig } from "cosmiconfig";',
    body: 'return { config: (await cosmiconfig("noxusnone").search("/data"))?.config };',
    refused: ["NX3006"],
    why: null,
  },
  {
    name: "simple-git",
    kind: "exec",
    imports: 'import { simpleGit } from "simple-git";',
    body: 'return { log: await simpleGit({ baseDir: "/" }).log() };',
    refused: [],
    why: null,
  },
  {
    name: "ws",
    kind: "network",
    imports: 'import WebSocket from "ws";',
    body: `const socket = new WebSocket("wss://live.example.com/feed");
return { text: await new Promise((resolve, reject) => {
  socket.on("error", reject);
  socket.on("open", () => socket.send(input));
  socket.on("message", (data) => resolve(String(data)));
}) };`,
    refused: [],
    why: null,
  },
  {
    name: "socket.io-client",
    kind: "network",
    imports: 'import { io } from "socket.io-client";',
    body: `const socket = io("https://live.example.com", { reconnection: false });
return { answer: await new Promise((resolve, reject) => {
  socket.on("connect_error", reject);
  socket.emit("hello", input, resolve);
}) };`,
    refused: [],
    why: null,
  },
  {
    name: "basic-ftp",
    kind: "network",
    imports: 'import { Client } from "basic-ftp";',
    body: `const client = new Client(500);
await client.access({ host: "ftp.example.com", user: "u", password: "p", secure: true });
return { files: await client.list() };`,
    refused: [],
    why: null,
  },
  {
    name: "fp-ts",
    kind: "pure",
    imports: `import * as E from "fp-ts/Either";
import { pipe } from "fp-ts/function";`,
    body: "return { value: pipe(E.right(input), E.map((text) => text.length), E.getOrElse(() => 0)) };",
    refused: [],
    why: null,
  },
  {
    name: "effect",
    kind: "pure",
    imports: 'import { Effect } from "effect";',
    body: "return { value: await Effect.runPromise(Effect.map(Effect.succeed(input), (text) => text.length)) };",
    refused: [],
    why: null,
  },
  {
    name: "ts-pattern",
    kind: "pure",
    imports: 'import { match, P } from "ts-pattern";',
    body: 'return { kind: match({ text: input }).with({ text: P.string }, () => "text").otherwise(() => "other") };',
    refused: [],
    why: null,
  },
  {
    name: "readable-stream",
    kind: "pure",
    imports: 'import { Readable } from "readable-stream";',
    body: `let text = "";
for await (const chunk of Readable.from([input])) text += chunk;
return { text };`,
    refused: [],
    why: null,
  },
  {
    name: "get-stream",
    kind: "pure",
    imports: `import getStream from "get-stream";
import { Readable } from "node:stream";`,
    body: "return { text: await getStream(Readable.from([input])) };",
    refused: [],
    why: null,
  },
  {
    name: "split2",
    kind: "pure",
    imports: `import split from "split2";
import { Readable } from "node:stream";`,
    body: `const lines = [];
for await (const line of Readable.from([input + "\\n2\\n"]).pipe(split())) lines.push(line);
return { lines };`,
    refused: [],
    why: null,
  },
];
