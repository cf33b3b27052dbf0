#if NIO
import NIOCore
import NIOPosix

/// The event loop that the calling thread runs, if it runs one.
enum MultiThreadedLoop {
    /// Names the loop, to compare it with those of connections.
    static var current: ObjectIdentifier? {
        MultiThreadedEventLoopGroup.currentEventLoop.map { ObjectIdentifier($0) }
    }

    /// The loop, if it is one of `group`'s.
    static func currentLoop(of group: any EventLoopGroup) -> (any EventLoop)? {
        guard let loop = MultiThreadedEventLoopGroup.currentEventLoop else { return nil }
        for candidate in group.makeIterator() where candidate === loop { return loop }
        return nil
    }
}
#endif
