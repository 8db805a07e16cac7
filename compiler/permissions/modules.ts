import type { Reach, Sink } from "./sinks.ts";

/**
 * Every export of every built-in module of Node 22, 24 and 26, by name. A member of an export counts as the export, so
 * `fs.constants.O_RDONLY` has no row; a module as a value counts as all of its rows together. What stands in no row is
 * not known and refused (NX3008).
 *
 * Reviewed one by one against the API documentation and the sources inside the three binaries. Facts about the machine
 * that plugin.yaml has no word for (host name, users, addresses, memory, certificates that Node trusts) are `pure`.
 */
export const moduleSinks: readonly Sink[] = [
  // Data and algorithms.
  ...members("assert assert/strict", {
    pure: `AssertionError CallTracker ok fail equal notEqual deepEqual notDeepEqual deepStrictEqual
    notDeepStrictEqual strictEqual notStrictEqual partialDeepStrictEqual match doesNotMatch throws rejects
    doesNotThrow doesNotReject ifError strict Assert`,
  }),
  ...callable("assert assert/strict", "pure"),
  ...members("buffer", {
    pure: `Buffer SlowBuffer transcode isUtf8 isAscii kMaxLength kStringMaxLength btoa atob constants
    INSPECT_MAX_BYTES Blob resolveObjectURL File`,
  }),
  // Numbers, whose names depend on the platform; its row stands for all of them.
  { module: "constants", capability: "pure" },
  // An engine is a shared library.
  ...rare("crypto", "native-code", "setEngine"),
  ...members("crypto", {
    pure: `checkPrime checkPrimeSync createCipheriv createDecipheriv createDiffieHellman createDiffieHellmanGroup
    createECDH createHash createHmac createPrivateKey createPublicKey createSecretKey createSign
    createVerify diffieHellman generatePrime generatePrimeSync getCiphers getCipherInfo getCurves
    getDiffieHellman getHashes hkdf hkdfSync pbkdf2 pbkdf2Sync generateKeyPair generateKeyPairSync
    generateKey generateKeySync privateDecrypt privateEncrypt publicDecrypt publicEncrypt randomBytes
    randomFill randomFillSync randomInt randomUUID scrypt scryptSync sign timingSafeEqual getFips setFips
    verify hash Certificate Cipher Cipheriv Decipher Decipheriv DiffieHellman DiffieHellmanGroup ECDH Hash
    Hmac KeyObject Sign Verify X509Certificate secureHeapUsed fips constants webcrypto subtle
    getRandomValues prng pseudoRandomBytes rng argon2 argon2Sync randomUUIDv7 encapsulate decapsulate
    createMac getMacs parsePKCS12`,
  }),
  // Subscribers are given requests, sockets and child processes of others.
  ...["channel", "subscribe", "unsubscribe", "tracingChannel", "boundedChannel"].map(
    (name): Sink => ({
      module: "diagnostics_channel",
      name,
      capability: "root",
      resource: 0,
      form: "channel",
    }),
  ),
  ...members("diagnostics_channel", { pure: "hasSubscribers Channel BoundedChannel" }),
  ...members("domain", { pure: `_stack Domain createDomain create active` }),
  ...members("events", {
    pure: `addAbortListener once on getEventListeners getMaxListeners EventEmitter usingDomains
    captureRejectionSymbol captureRejections EventEmitterAsyncResource errorMonitor defaultMaxListeners
    kMaxEventTargetListeners kMaxEventTargetListenersWarned setMaxListeners init listenerCount`,
  }),
  ...callable("events", "pure"),
  ...members("os", {
    // It changes how other processes run.
    exec: "setPriority",
    pure: `arch availableParallelism cpus endianness freemem getPriority homedir hostname loadavg networkInterfaces
    platform release tmpdir totalmem type userInfo uptime version machine constants EOL devNull`,
  }),
  ...members("path path/posix path/win32", {
    pure: `resolve normalize isAbsolute join relative toNamespacedPath dirname basename extname format parse
    matchesGlob sep delimiter win32 posix _makeLong`,
  }),
  ...members("perf_hooks", {
    pure: `Performance PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserver
    PerformanceObserverEntryList PerformanceResourceTiming monitorEventLoopDelay createHistogram performance
    constants eventLoopUtilization timerify createSlidingWindowHistogram importHistogram`,
  }),
  ...members("punycode", { pure: `version ucs2 decode encode toASCII toUnicode` }),
  ...members("querystring", { pure: `unescapeBuffer unescape escape stringify encode parse decode` }),
  ...members("readline", {
    pure: `Interface clearLine clearScreenDown createInterface cursorTo emitKeypressEvents moveCursor promises`,
  }),
  ...members("readline/promises", { pure: `Interface Readline createInterface` }),
  ...members("stream", {
    pure: `isDestroyed isDisturbed isErrored isReadable isWritable Readable Writable Duplex Transform PassThrough
    duplexPair pipeline addAbortSignal finished destroy compose setDefaultHighWaterMark
    getDefaultHighWaterMark promises Stream _isArrayBufferView _isUint8Array _uint8ArrayToBuffer`,
  }),
  // It is a class that extends `EventEmitter`, static members and all.
  ...members("stream", {
    pure: `EventEmitter EventEmitterAsyncResource once on addAbortListener getEventListeners getMaxListeners
    setMaxListeners defaultMaxListeners errorMonitor captureRejectionSymbol captureRejections usingDomains init
    listenerCount`,
  }),
  ...callable("stream", "pure"),
  ...members("stream/consumers", { pure: `arrayBuffer blob buffer text json bytes` }),
  ...members("stream/promises", { pure: `finished pipeline` }),
  ...members("stream/web", {
    pure: `ReadableStream ReadableStreamDefaultReader ReadableStreamBYOBReader ReadableStreamBYOBRequest
    ReadableByteStreamController ReadableStreamDefaultController TransformStream
    TransformStreamDefaultController WritableStream WritableStreamDefaultWriter
    WritableStreamDefaultController ByteLengthQueuingStrategy CountQueuingStrategy TextEncoderStream
    TextDecoderStream CompressionStream DecompressionStream ReadableStreamTee`,
  }),
  ...members("string_decoder", { pure: "StringDecoder" }),
  ...members("_stream_duplex _stream_passthrough _stream_readable _stream_transform _stream_writable", {
    pure: "ReadableState WritableState _fromList from fromWeb toWeb wrap",
  }),
  ...callable(
    "_stream_duplex _stream_passthrough _stream_readable _stream_transform _stream_writable",
    "pure",
  ),
  ...members("timers", {
    pure: `setTimeout clearTimeout setImmediate clearImmediate setInterval clearInterval _unrefActive active
    unenroll enroll promises`,
  }),
  ...members("timers/promises", { pure: "setTimeout setImmediate setInterval scheduler" }),
  ...members("url", {
    pure: `Url parse resolve resolveObject format URL URLSearchParams domainToASCII domainToUnicode pathToFileURL
    fileURLToPath fileURLToPathBuffer urlToHttpOptions URLPattern`,
  }),
  // Call sites show file names and lines; in strict code, which a module is, neither functions nor `this`.
  ...members("util sys", {
    pure: `_errnoException _exceptionWithHostPort _extend callbackify debug debuglog deprecate format styleText
    formatWithOptions getCallSite getCallSites getSystemErrorMap getSystemErrorName getSystemErrorMessage
    inherits inspect isArray isBoolean isBuffer isDeepStrictEqual isNull isNullOrUndefined isNumber isString
    isSymbol isUndefined isRegExp isObject isDate isError isFunction isPrimitive log promisify
    stripVTControlCharacters toUSVString transferableAbortSignal transferableAbortController aborted types
    parseEnv parseArgs TextDecoder TextEncoder MIMEType MIMEParams diff setTraceSigInt
    convertProcessSignalToExitCode markPromiseAsHandled debounce throttle`,
  }),
  ...members("util/types", {
    pure: `isArgumentsObject isArrayBuffer isAsyncFunction isBigIntObject isBooleanObject isDataView isDate
    isExternal isGeneratorFunction isGeneratorObject isMap isMapIterator isModuleNamespaceObject
    isNativeError isNumberObject isPromise isProxy isRegExp isSet isSetIterator isSharedArrayBuffer
    isStringObject isSymbolObject isWeakMap isWeakSet isAnyArrayBuffer isBoxedPrimitive isArrayBufferView
    isTypedArray isUint8Array isUint8ClampedArray isUint16Array isUint32Array isInt8Array isInt16Array
    isInt32Array isFloat16Array isFloat32Array isFloat64Array isBigInt64Array isBigUint64Array isKeyObject
    isCryptoKey`,
  }),
  // Archives of Node 26 are opened by path.
  ...rare("zlib", "fs:read", "ZipFile zipFiles createZipArchive createZipArchiveSync"),
  ...rare("zlib", "fs:write", "ZipFile zipFiles createZipArchive createZipArchiveSync"),
  ...members("zlib", {
    pure: `crc32 Deflate Inflate Gzip Gunzip DeflateRaw InflateRaw Unzip BrotliCompress BrotliDecompress
    ZstdCompress ZstdDecompress deflate deflateSync gzip gzipSync deflateRaw deflateRawSync unzip unzipSync
    inflate inflateSync gunzip gunzipSync inflateRaw inflateRawSync brotliCompress brotliCompressSync
    brotliDecompress brotliDecompressSync zstdCompress zstdCompressSync zstdDecompress zstdDecompressSync
    createDeflate createInflate createDeflateRaw createInflateRaw createGzip createGunzip createUnzip
    createBrotliCompress createBrotliDecompress createZstdCompress createZstdDecompress constants codes
    Z_NO_FLUSH Z_PARTIAL_FLUSH Z_SYNC_FLUSH Z_FULL_FLUSH Z_FINISH Z_BLOCK Z_OK Z_STREAM_END Z_NEED_DICT
    Z_ERRNO Z_STREAM_ERROR Z_DATA_ERROR Z_MEM_ERROR Z_BUF_ERROR Z_VERSION_ERROR Z_NO_COMPRESSION
    Z_BEST_SPEED Z_BEST_COMPRESSION Z_DEFAULT_COMPRESSION Z_FILTERED Z_HUFFMAN_ONLY Z_RLE Z_FIXED
    Z_DEFAULT_STRATEGY ZLIB_VERNUM DEFLATE INFLATE GZIP GUNZIP DEFLATERAW INFLATERAW UNZIP ZSTD_DECOMPRESS
    ZSTD_COMPRESS Z_MIN_WINDOWBITS Z_MAX_WINDOWBITS Z_DEFAULT_WINDOWBITS Z_MIN_CHUNK Z_MAX_CHUNK
    Z_DEFAULT_CHUNK Z_MIN_MEMLEVEL Z_MAX_MEMLEVEL Z_DEFAULT_MEMLEVEL Z_MIN_LEVEL Z_MAX_LEVEL Z_DEFAULT_LEVEL
    ZSTD_e_continue ZSTD_e_flush ZSTD_e_end ZSTD_fast ZSTD_dfast ZSTD_greedy ZSTD_lazy ZSTD_lazy2
    ZSTD_btlazy2 ZSTD_btopt ZSTD_btultra ZSTD_btultra2 ZSTD_c_compressionLevel ZSTD_c_windowLog
    ZSTD_c_hashLog ZSTD_c_chainLog ZSTD_c_searchLog ZSTD_c_minMatch ZSTD_c_targetLength ZSTD_c_strategy
    ZSTD_c_enableLongDistanceMatching ZSTD_c_ldmHashLog ZSTD_c_ldmMinMatch ZSTD_c_ldmBucketSizeLog
    ZSTD_c_ldmHashRateLog ZSTD_c_contentSizeFlag ZSTD_c_checksumFlag ZSTD_c_dictIDFlag ZSTD_c_nbWorkers
    ZSTD_c_jobSize ZSTD_c_overlapLog ZSTD_d_windowLogMax ZSTD_CLEVEL_DEFAULT ZSTD_error_no_error
    ZSTD_error_GENERIC ZSTD_error_prefix_unknown ZSTD_error_version_unsupported
    ZSTD_error_frameParameter_unsupported ZSTD_error_frameParameter_windowTooLarge
    ZSTD_error_corruption_detected ZSTD_error_checksum_wrong ZSTD_error_literals_headerWrong
    ZSTD_error_dictionary_corrupted ZSTD_error_dictionary_wrong ZSTD_error_dictionaryCreation_failed
    ZSTD_error_parameter_unsupported ZSTD_error_parameter_combination_unsupported
    ZSTD_error_parameter_outOfBound ZSTD_error_tableLog_tooLarge ZSTD_error_maxSymbolValue_tooLarge
    ZSTD_error_maxSymbolValue_tooSmall ZSTD_error_stabilityCondition_notRespected ZSTD_error_stage_wrong
    ZSTD_error_init_missing ZSTD_error_memory_allocation ZSTD_error_workSpace_tooSmall
    ZSTD_error_dstSize_tooSmall ZSTD_error_srcSize_wrong ZSTD_error_dstBuffer_null
    ZSTD_error_noForwardProgress_destFull ZSTD_error_noForwardProgress_inputEmpty ZipEntry ZipBuffer
    getMaxZipContentSize setMaxZipContentSize`,
  }),
  ...members("node:sea", { pure: "isSea getAsset getRawAsset getAssetAsBlob getAssetKeys" }),

  // Files.
  ...members("fs", {
    pure: `constants Stats Dirent F_OK R_OK W_OK X_OK _toUnixTimestamp close closeSync fsync fsyncSync fdatasync
    fdatasyncSync unwatchFile`,
    // A pattern, or a descriptor that someone else may have opened: not a path to compare.
    "fs:read": "glob globSync Dir read readSync readv readvSync fstat fstatSync",
    "fs:write": `write writeSync writev writevSync ftruncate ftruncateSync fchmod fchmodSync fchown fchownSync futimes
    futimesSync Utf8Stream`,
  }),
  // A relative target counts from the link, so it is no path to compare.
  ...members("fs fs/promises", { "fs:read": "symlink", "fs:write": "symlink" }),
  ...members("fs", { "fs:read": "symlinkSync", "fs:write": "symlinkSync" }),
  ...paths(
    "fs",
    "fs:read",
    0,
    `access accessSync exists existsSync stat statSync lstat lstatSync statfs statfsSync readdir readdirSync readlink readlinkSync realpath realpathSync opendir opendirSync watch watchFile openAsBlob openAsBlobSync copyFile copyFileSync cp cpSync realpath.native
    realpathSync.native`,
  ),
  ...files("fs", "fs:read", "readFile readFileSync createReadStream ReadStream FileReadStream"),
  ...files(
    "fs",
    "fs:write",
    "appendFile appendFileSync writeFile writeFileSync createWriteStream WriteStream FileWriteStream",
  ),
  ...paths(
    "fs",
    "fs:write",
    0,
    `chmod chmodSync lchmod lchmodSync chown chownSync lchown lchownSync mkdir mkdirSync
    mkdtemp mkdtempSync mkdtempDisposableSync rm rmSync rmdir rmdirSync unlink unlinkSync truncate truncateSync
    utimes utimesSync lutimes lutimesSync`,
  ),
  ...paths("fs", "fs:write", 1, "copyFile copyFileSync cp cpSync symlink symlinkSync"),
  // The new name gives whatever the old one allowed.
  ...["fs:read", "fs:write"].flatMap((capability) =>
    paths("fs", capability as Reach, 0, "rename renameSync link linkSync"),
  ),
  ...paths("fs", "fs:write", 1, "rename renameSync link linkSync"),
  ...opens("fs", "open openSync"),
  ...members("fs/promises", { pure: "constants", "fs:read": "glob" }),
  ...paths(
    "fs/promises",
    "fs:read",
    0,
    "access stat lstat statfs readdir readlink realpath opendir watch copyFile cp rename link",
  ),
  ...paths(
    "fs/promises",
    "fs:write",
    0,
    `chmod lchmod chown lchown mkdir mkdtemp mkdtempDisposable rm rmdir unlink truncate utimes lutimes
    rename link`,
  ),
  ...paths("fs/promises", "fs:write", 1, "rename copyFile cp link symlink"),
  ...files("fs/promises", "fs:read", "readFile"),
  ...files("fs/promises", "fs:write", "appendFile writeFile"),
  ...opens("fs/promises", "open"),
  // `ATTACH DATABASE` opens any file, whatever the first one was.
  ...members("node:sqlite", {
    pure: "constants",
    "fs:read": "DatabaseSync StatementSync Session backup",
    "fs:write": "DatabaseSync StatementSync Session backup",
  }),
  // Descriptors that someone else may have opened.
  ...members("tty", {
    pure: "isatty",
    "fs:read": "ReadStream WriteStream",
    "fs:write": "ReadStream WriteStream",
  }),
  ...members("trace_events", { pure: "getEnabledCategories", "fs:write": "createTracing" }),

  // Network.
  ...members("http", {
    pure: `METHODS STATUS_CODES IncomingMessage OutgoingMessage ServerResponse validateHeaderName validateHeaderValue
    maxHeaderSize setMaxIdleHTTPParsers MessageEvent CloseEvent`,
    network: "_connectionListener Agent ClientRequest Server createServer globalAgent setGlobalProxyFromEnv",
    // Which proxy it is stands in the variables.
    env: "setGlobalProxyFromEnv",
  }),
  ...members("https", { network: "Agent globalAgent Server createServer" }),
  ...each("http https", "request get", { capability: "network", resource: 0, form: "request" }),
  ...each("http", "WebSocket", { capability: "network", resource: 0, form: "url" }),
  ...members("http2", {
    pure: `constants getDefaultSettings getPackedSettings getUnpackedSettings sensitiveHeaders Http2ServerRequest
    Http2ServerResponse`,
    network: "createServer createSecureServer performServerHandshake",
  }),
  ...each("http2", "connect", { capability: "network", resource: 0, form: "request" }),
  ...members("net", {
    pure: `_normalizeArgs _setSimultaneousAccepts isIP isIPv4 isIPv6 BlockList SocketAddress getDefaultAutoSelectFamily
    setDefaultAutoSelectFamily getDefaultAutoSelectFamilyAttemptTimeout setDefaultAutoSelectFamilyAttemptTimeout`,
    network: "_createServerHandle createServer Server Socket Stream BoundSocket _TransferredBoundSocket",
  }),
  ...each("net", "connect createConnection", { capability: "network", resource: 0, form: "socket" }),
  ...members("tls", {
    pure: `CLIENT_RENEG_LIMIT CLIENT_RENEG_WINDOW DEFAULT_CIPHERS DEFAULT_ECDH_CURVE DEFAULT_MIN_VERSION
    DEFAULT_MAX_VERSION getCiphers getCACertificates getCertificateCompressionAlgorithms rootCertificates
    setDefaultCACertificates convertALPNProtocols checkServerIdentity createSecureContext SecureContext`,
    network: "TLSSocket Server createServer createSecurePair",
  }),
  ...each("tls", "connect", { capability: "network", resource: 0, form: "socket" }),
  ...members("dgram", { network: "_createSocketHandle createSocket Socket" }),
  ...members("dns dns/promises", {
    pure: `getDefaultResultOrder setDefaultResultOrder getServers ADDRCONFIG ALL V4MAPPED NODATA FORMERR SERVFAIL
    NOTFOUND NOTIMP REFUSED BADQUERY BADNAME BADFAMILY BADRESP CONNREFUSED TIMEOUT EOF FILE NOMEM DESTRUCTION BADSTR
    BADFLAGS NONAME BADHINTS NOTINITIALIZED LOADIPHLPAPI ADDRGETNETWORKPARAMS CANCELLED`,
    network: "lookupService Resolver setServers reverse",
  }),
  // A look-up carries its question to the outside, so it needs the host it asks about.
  ...each(
    "dns dns/promises",
    `lookup resolve resolve4 resolve6 resolveAny resolveCaa resolveCname resolveMx resolveNaptr resolveNs resolvePtr
    resolveSoa resolveSrv resolveTlsa resolveTxt`,
    { capability: "network", resource: 0, form: "host" },
  ),
  ...members("_http_agent", { network: "Agent globalAgent" }),
  ...members("_http_client", { network: "ClientRequest" }),
  ...members("_http_common", {
    pure: `_checkInvalidHeaderChar _checkIsHttpToken chunkExpression continueExpression CRLF methods kIncomingMessage
    isLenient prepareError kSkipPendingData calculateLenientFlags`,
    // Parsers of requests that others are making.
    network: "freeParser parsers HTTPParser",
  }),
  ...members("_http_incoming", { pure: "IncomingMessage readStart readStop kDetachAbortSignal" }),
  ...members("_http_outgoing", {
    pure: `kHighWaterMark kUniqueHeaders parseUniqueHeadersOption validateHeaderName validateHeaderValue
    OutgoingMessage`,
  }),
  ...members("_http_server", {
    pure: "STATUS_CODES ServerResponse kServerResponse kConnectionsCheckingInterval",
    network: "Server setupConnectionsTracking storeHTTPOptions _connectionListener httpServerPreClose",
  }),
  ...members("_tls_common", { pure: "SecureContext createSecureContext translatePeerCertificate" }),
  ...members("_tls_wrap", { network: "TLSSocket Server createServer connect" }),
  ...members("_stream_wrap", { network: "StreamWrap" }),
  ...callable("_stream_wrap", "network"),

  // Programs.
  ...members("child_process", { exec: "ChildProcess exec execSync fork", root: "_forkChild" }),
  ...each("child_process", "spawn spawnSync execFile execFileSync", {
    capability: "exec",
    resource: 0,
    form: "command",
  }),
  ...members("cluster", {
    pure: `_events _eventsCount _maxListeners isWorker isMaster isPrimary workers settings SCHED_NONE SCHED_RR
    schedulingPolicy`,
    root: "Worker setupPrimary setupMaster fork disconnect",
  }),

  // What reaches the loader, the engine or other threads.
  ...members("module", {
    pure: `globalPaths wrap _debug isBuiltin _nodeModulePaths builtinModules constants stripTypeScriptTypes findSourceMap
    SourceMap getSourceMapsSupport setSourceMapsSupport getCompileCacheDir`,
    "fs:read": "findPackageJSON enableCompileCache flushCompileCache",
    "fs:write": "enableCompileCache flushCompileCache",
    root: `_stat _cache _pathCache _extensions wrapper _readPackage _findPath _resolveLookupPaths _load _resolveFilename
    createRequire _initPaths _preloadModules syncBuiltinESMExports Module registerHooks runMain register`,
  }),
  ...callable("module", "root"),
  ...members("inspector inspector/promises", {
    root: "open close url waitForDebugger console Session Network NetworkResources DOMStorage",
  }),
  ...members("repl", {
    pure: "REPL_MODE_SLOPPY REPL_MODE_STRICT Recoverable isValidSyntax builtinModules _builtinLibs writer",
    root: "start REPLServer",
  }),
  ...members("wasi", { root: "WASI" }),
  ...members("worker_threads", {
    pure: `isInternalThread isMainThread MessagePort MessageChannel markAsUncloneable markAsUntransferable
    isMarkedAsUntransferable receiveMessageOnPort resourceLimits threadId threadName SHARE_ENV parentPort workerData
    BroadcastChannel setEnvironmentData getEnvironmentData locks`,
    root: "Worker moveMessagePortToContext postMessageToThread",
  }),
  ...members("v8", {
    pure: `cachedDataVersionTag getHeapStatistics getHeapSpaceStatistics getHeapCodeStatistics getCppHeapStatistics
    Serializer Deserializer DefaultSerializer DefaultDeserializer deserialize serialize startupSnapshot GCProfiler
    isStringOneByteRepresentation startCpuProfile startHeapProfile`,
    "fs:write": `writeHeapSnapshot setHeapSnapshotNearHeapLimit setHeapProfileNearHeapLimit takeCoverage
    stopCoverage`,
    // A snapshot holds every string of the process, the environment with them.
    env: "writeHeapSnapshot setHeapSnapshotNearHeapLimit getHeapSnapshot queryObjects",
    // Hooks are given the promises of everybody.
    root: "setFlagsFromString promiseHooks",
  }),
  ...members("async_hooks", {
    pure: "AsyncLocalStorage AsyncResource executionAsyncId triggerAsyncId asyncWrapProviders",
    // They hand out the handles behind sockets and pipes.
    root: "createHook executionAsyncResource",
  }),
  ...members("vm", {
    pure: "isContext constants measureMemory",
    "dynamic-code":
      "Script createContext createScript runInContext runInNewContext runInThisContext compileFunction",
  }),
  ...members("node:test", {
    root: `expectFailure skip todo only after afterEach before beforeEach describe getTestContext it run suite test mock
    snapshot assert`,
  }),
  ...callable("node:test", "root"),
  ...members("node:test/reporters", { pure: "dot junit spec tap lcov" }),
  ...members("node:ffi", {
    "native-code": `DynamicLibrary dlopen dlclose dlsym exportArrayBuffer exportArrayBufferView exportString exportBuffer
    getInt8 getUint8 getInt16 getUint16 getInt32 getUint32 getInt64 getUint64 getFloat32 getFloat64
    getCurrentEventLoop getRawPointer setInt8 setUint8 setInt16 setUint16 setInt32 setUint32 setInt64 setUint64
    setFloat32 setFloat64 suffix toString toArrayBuffer toBuffer types`,
  }),

  // Members that no supported version has any more and old code still asks for: `undefined`, so nothing.
  ...members("async_hooks", { pure: "currentId" }),
  ...members("crypto", {
    pure: "createCipher createDecipher Credentials createCredentials DEFAULT_ENCODING",
  }),
  ...members("fs", { pure: "SyncWriteStream BigIntStats" }),
  ...members("http", { pure: "createClient Client" }),
  ...members("os", { pure: "getNetworkInterfaces tmpDir" }),
  ...members("path", { pure: "exists existsSync" }),
  ...members("module", { pure: "requireRepl createRequireFromPath _contextLoad _builtinLibs" }),
  ...members("stream", { pure: "from" }),
  ...members("tls", { pure: "parseCertString CleartextStream CryptoStream SecureStream" }),
  ...members("util sys", { pure: "print puts error exec pump" }),
  ...members("v8", { pure: "installHeapSnapshotNearHeapLimit" }),
  ...members("zlib", { pure: "Zlib Brotli bytesRead" }),
];

function members(modules: string, names: Readonly<Partial<Record<Reach, string>>>): readonly Sink[] {
  return Object.entries(names).flatMap(([capability, list]) =>
    // Only keys of `Reach` can stand there.
    each(modules, list, { capability: capability as Reach }),
  );
}

/** Modules that are functions or classes themselves: calling one, and what every function has. */
function callable(modules: string, capability: Reach): readonly Sink[] {
  return [
    ...words(modules).map((module): Sink => ({ module, capability })),
    ...each(modules, "prototype length name call apply bind super_", { capability }),
  ];
}

function rare(module: string, capability: Reach, names: string): readonly Sink[] {
  return each(module, names, { capability }).map((row) => ({ ...row, isRare: true }));
}

function paths(module: string, capability: Reach, resource: number, names: string): readonly Sink[] {
  return each(module, names, { capability, resource, form: "path" });
}

function files(module: string, capability: Reach, names: string): readonly Sink[] {
  return each(module, names, { capability, resource: 0, form: "file" });
}

function opens(module: string, names: string): readonly Sink[] {
  return each(module, names, { capability: "fs:read", resource: 0, form: "open" });
}

function each(
  modules: string,
  names: string,
  row: Pick<Sink, "capability" | "resource" | "form">,
): readonly Sink[] {
  return words(modules).flatMap((module) => words(names).map((name): Sink => ({ module, name, ...row })));
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
