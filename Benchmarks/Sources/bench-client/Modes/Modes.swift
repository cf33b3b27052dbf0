import BenchSupport

enum Modes {
    static let all: [any Mode.Type] = [
        NIOCallbacksMode.self,
        NIOAwaitMode.self,
        NIOAwaitActorMode.self,
        NIOAwaitLoopMode.self,
        NIOHTTP2CallbacksMode.self,
        NIOHTTP2AwaitMode.self,
        NIOHTTP2AwaitLoopMode.self,
        TransportNIOMode.self,
        SessionNIOMode.self,
        SessionNIOLoopMode.self,
        OriginsNIOMode.self,
        StreamedBodyNIOMode.self,
        BufferedBodyNIOMode.self,
        UploadNIOMode.self,
        NullMode.self,
        TransportNullMode.self,
        SessionNullMode.self,
    ]
}
