enum Modes {
    static let all: [any Mode.Type] = [
        NIOCallbacksMode.self,
        NIOAwaitMode.self,
        NIOAwaitActorMode.self,
        NIOAwaitLoopMode.self,
        NIOHTTP2CallbacksMode.self,
        NIOHTTP2AwaitMode.self,
        NIOHTTP2AwaitLoopMode.self,
        AHCMode.self,
        NullMode.self,
        TransportNullMode.self,
        SessionNullMode.self,
        TransportAHCMode.self,
        SessionAHCMode.self,
    ]
}
