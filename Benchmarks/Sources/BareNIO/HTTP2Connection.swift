package import NIOCore
internal import NIOHTTP2
internal import NIOPosix
internal import NIOSSL
internal import NIOTLS

/// An HTTP/2 connection over TLS; each request is a stream channel of its own.
package struct HTTP2Connection: BareConnection {
    private let channel: any Channel
    private let multiplexer: NIOHTTP2Handler.StreamMultiplexer

    package var eventLoop: any EventLoop { channel.eventLoop }

    package static func connect(
        host: String, port: Int, certificateAuthority: String?, on group: any EventLoopGroup
    ) throws -> EventLoopFuture<HTTP2Connection> {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["h2"]
        if let certificateAuthority { configuration.trustRoots = .file(certificateAuthority) }
        let tls = try NIOSSLContext(configuration: configuration)

        return ClientBootstrap(group: group)
            .connectTimeout(.seconds(10))
            .connect(host: host, port: port)
            .flatMap { channel in
                channel.eventLoop
                    .makeCompletedFuture { try addNegotiation(to: channel, tls: tls, host: host) }
                    .flatMap { $0 }
            }
    }

    package func send(_ request: BareRequest, completion: @escaping BareCompletion) {
        if channel.eventLoop.inEventLoop {
            open(request, completion)
        } else {
            channel.eventLoop.execute { open(request, completion) }
        }
    }

    package func close() -> EventLoopFuture<Void> {
        channel.close().recover { _ in }
    }

    private func open(_ request: BareRequest, _ completion: @escaping BareCompletion) {
        let loop = channel.eventLoop
        let handler = NIOLoopBound(HTTP2ExchangeHandler(request, completion), eventLoop: loop)
        let opened = loop.makePromise(of: (any Channel).self)
        opened.futureResult.whenFailure { handler.value.fail($0) }
        multiplexer.createStreamChannel(promise: opened) { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandler(handler.value)
            }
        }
    }
}

extension HTTP2Connection {
    private static func addNegotiation(
        to channel: any Channel, tls: NIOSSLContext, host: String
    ) throws -> EventLoopFuture<HTTP2Connection> {
        // RFC 6066 section 3 forbids IP literals in the server name extension.
        let isLiteral = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        let security = try NIOSSLClientHandler(context: tls, serverHostname: isLiteral ? nil : host)
        let negotiation = NIOTypedApplicationProtocolNegotiationHandler<HTTP2Connection> { result, channel in
            channel.eventLoop.makeCompletedFuture { try addHTTP2(to: channel, after: result) }
        }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(security)
        try pipeline.addHandler(negotiation)
        return negotiation.protocolNegotiationResult
    }

    private static func addHTTP2(
        to channel: any Channel, after result: ALPNResult
    ) throws -> HTTP2Connection {
        guard case .negotiated("h2") = result else { throw BareError.http2NotNegotiated }
        let multiplexer = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
            mode: .client,
            connectionConfiguration: .init(),
            streamConfiguration: .init(),
            // A client that has not enabled push sees no stream opened by its peer.
            inboundStreamInitializer: { $0.close() }
        )
        return HTTP2Connection(channel: channel, multiplexer: multiplexer)
    }
}
