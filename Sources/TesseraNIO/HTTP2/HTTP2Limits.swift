#if NIO
import NIOCore
import NIOHTTP2

/// What a peer may use up of this side, and the settings that tell it so (RFC 9113 §6.5.2).
enum HTTP2Limits {
    /// Streams that are opened before the peer's SETTINGS have come, and if they name no number. RFC 9113 §6.5.2 knows
    /// no limit then; this is what NIOHTTP2 assumes, and the least that it recommends to servers.
    static let firstStreams = 100
    /// Streams at once whatever the peer allows: each costs memory here, and all of them depend on one TCP connection.
    static let mostStreams = 1000
    /// Bytes of one answer that may be on their way or lie unread here. 1 MiB fills a line of 80 Mbit/s at 100 ms; it
    /// is what one slow reader may cost.
    static let streamWindow = 1_048_576
    /// Bytes of all answers that may be on their way. It is given back on receipt, so that a slow reader's stream holds
    /// up itself only, and must merely not be what makes many quick streams wait.
    static let connectionWindow = 16_777_216
    /// The decoder's bound for one header block, 32 bytes for each field included. The bound of a request
    /// (`ResponseLimits`) is usually lower and costs that request only; this one costs the connection.
    static let headerList = 262_144
    /// The decoder's dynamic table (RFC 7541 §4.2), the value that RFC 9113 starts with.
    static let headerTable = 4096
    /// The largest dynamic table that is filled for a peer. NIOHTTP2 makes it as large as the peer asks, so fields are
    /// no longer entered once a peer asked for more.
    static let peerHeaderTable = 65_536

    /// The handler that parses and writes frames, with all bounds that it enforces itself.
    static func frameHandler(observer: any NIOHTTP2FrameDelegate) -> NIOHTTP2Handler {
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [
            HTTP2Setting(parameter: .enablePush, value: 0),
            HTTP2Setting(parameter: .headerTableSize, value: headerTable),
            HTTP2Setting(parameter: .maxHeaderListSize, value: headerList),
            HTTP2Setting(parameter: .initialWindowSize, value: streamWindow),
        ]
        // HTTP2RequestHead, HTTP2ResponseHead and the stream's machine check the same and more while they convert; twice
        // would be a tenth of a request.
        connection.headerBlockValidation = .disabled
        connection.contentLengthValidation = .disabled
        // CVE-2024-27316, "CONTINUATION flood". 16 frames of 16 KiB hold a whole header list.
        connection.maximumSequentialContinuationFrames = 16
        // CVE-2019-9518, empty DATA frames.
        connection.maximumSequentialEmptyDataFrames = 8
        // CVE-2019-9512 and 9515: answers to PING and SETTINGS that the peer does not read.
        connection.maximumBufferedControlFrames = 1000
        // PING, SETTINGS, PRIORITY, ALTSVC and ORIGIN.
        connection.controlFrameRateLimit.maximumCount = 500
        connection.controlFrameRateLimit.windowLength = .seconds(30)
        // Frames for streams that were reset here are ignored only as long as they are remembered; for others they are
        // an error of the whole connection. Many callers may leave at the same time.
        connection.maximumRecentlyResetStreams = 2 * mostStreams
        // CVE-2023-44487, "rapid reset", is a client's attack; a server can reset only what was asked for.
        var stream = NIOHTTP2Handler.StreamConfiguration()
        stream.streamResetFrameRateLimit.maximumCount = 1000
        stream.streamResetFrameRateLimit.windowLength = .seconds(30)
        return NIOHTTP2Handler(
            mode: .client, frameDelegate: observer, connectionConfiguration: connection, streamConfiguration: stream)
    }
}
#endif
