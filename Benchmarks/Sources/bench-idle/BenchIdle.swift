import BareNIO
import BenchSupport
import NIOCore
import NIOPosix

/// What a program weighs that links SwiftNIO, BoringSSL and HTTP/2, has started one event loop, and does nothing.
@main
struct BenchIdle {
    static func main() {
        BenchProgram.run([IdleMode.self])
    }
}

struct IdleMode: Mode {
    static let name = "null"

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    init(_ plan: Plan) {}

    func run(_ requests: Int) throws -> Int {
        try waitForTask { [group] in try await group.any().submit { 0 }.get() }
    }

    func shutdown() throws {
        try group.syncShutdownGracefully()
    }
}
