package import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// A keep-alive HTTP/1.1 connection without TLS that carries one request at a time.
package struct HTTP1Connection: BareConnection {
    private let channel: any Channel
    private let handler: NIOLoopBound<HTTP1ExchangeHandler>

    package var eventLoop: any EventLoop { channel.eventLoop }

    package static func connect(
        host: String, port: Int, on group: any EventLoopGroup
    ) -> EventLoopFuture<HTTP1Connection> {
        ClientBootstrap(group: group)
            .connectTimeout(.seconds(10))
            .connect(host: host, port: port)
            .flatMapThrowing { channel in
                let handler = HTTP1ExchangeHandler()
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHTTPClientHandlers()
                try pipeline.addHandler(handler)
                return HTTP1Connection(
                    channel: channel,
                    handler: NIOLoopBound(handler, eventLoop: channel.eventLoop)
                )
            }
    }

    package func send(_ request: BareRequest, completion: @escaping BareCompletion) {
        // `execute` queues and may write to the wake-up descriptor even from the loop itself.
        if channel.eventLoop.inEventLoop {
            handler.value.start(request, completion)
        } else {
            channel.eventLoop.execute { [handler] in handler.value.start(request, completion) }
        }
    }

    package func close() -> EventLoopFuture<Void> {
        channel.close().recover { _ in }
    }
}
