import Dispatch
import Synchronization
public import TesseraCore

/// A scripted TCP server on 127.0.0.1: it sends the bytes it is told to, right or wrong, and keeps what it received.
///
/// Neither the client's nor any other HTTP library lies between a test and the wire, so that its ``log`` can be the
/// referee: how many connections, which requests, byte for byte.
///
/// ```swift
/// try await RawServer.withRunning { connection in
///     while try connection.readRequest() != nil {
///         try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
///     }
/// } body: { server in
///     print(try await Session("\(server.origin)").get("/").text)
///     print(server.log.requests[0].requestLine)  // GET / HTTP/1.1
/// }
/// ```
///
/// Each connection runs its script on a thread of its own, never on the threads that tasks run on.
public final class RawServer: Sendable {
    /// The port.
    public let port: UInt16
    /// Where the server listens.
    public let origin: Origin

    private let listener: RawSocket
    private let script: @Sendable (RawConnection) throws -> Void
    private let journal = RawServerJournal()
    private let stop = RawServerStop()

    private init(_ script: @escaping @Sendable (RawConnection) throws -> Void) throws {
        (listener, port) = try RawSocket.bound(listens: true)
        guard let origin = Origin(scheme: .http, host: "127.0.0.1", port: port) else {
            throw RawServerFailure("there is no port \(port)")
        }
        self.origin = origin
        self.script = script
    }

    /// What the server has seen so far.
    public var log: Log { journal.snapshot }

    /// Runs a server as long as `body` runs. Afterwards, however it ended, no thread or socket of it is left.
    ///
    /// - Parameters:
    ///   - script: What to do with each connection; the connection is closed when it returns. What it throws is in
    ///     ``Log/failures``.
    ///   - body: The test.
    public static func withRunning<Result>(
        _ script: @escaping @Sendable (RawConnection) throws -> Void, body: (RawServer) async throws -> Result
    ) async throws -> Result {
        let server = try RawServer(script)
        server.run()
        do {
            let result = try await body(server)
            await server.end()
            return result
        } catch {
            await server.end()
            throw error
        }
    }

    /// Waits until the log satisfies `condition`; false when it has not within `duration`.
    public func wait(atMost duration: Duration = .seconds(5), until condition: (Log) -> Bool) async -> Bool {
        let end = ContinuousClock.now.advanced(by: duration)
        while !condition(log) {
            guard ContinuousClock.now < end else { return false }
            do { try await Task.sleep(for: .milliseconds(3)) } catch { return condition(log) }
        }
        return true
    }

    /// Lets the scripts that wait in ``RawConnection/waitForSignal(within:)`` go on, now and later.
    public func signal() {
        journal.signal()
    }

    /// A loopback port where nobody listens and, as long as the process lives, nobody can.
    public static func closedPort() throws -> UInt16 {
        try refusing.get().port
    }

    /// Bound and not listening: a port that was given back could be the next server's.
    private static let refusing = Result { try RawSocket.bound(listens: false) }

    private func run() {
        stop.enter()
        // A serial queue of one's own gets a thread of one's own. The global queue's threads are, on Linux, those that
        // tasks run on: to block them would be to stop the client.
        DispatchQueue(label: "tessera.raw-server").async { self.acceptAll() }
    }

    private func acceptAll() {
        defer {
            listener.close()
            stop.leave()
        }
        while !stop.isStopped {
            do {
                // Where a shutdown of the listener does not wake its waiter (Darwin), the server ends this much later.
                guard let socket = try listener.accept(patience: .milliseconds(50)) else { continue }
                let number = journal.update { log in
                    log.connections += 1
                    return log.connections - 1
                }
                guard stop.enter(socket, number) else { return socket.close() }
                DispatchQueue(label: "tessera.raw-connection").async { self.serve(socket, number) }
            } catch {
                return
            }
        }
    }

    private func serve(_ socket: RawSocket, _ number: Int) {
        do {
            try script(RawConnection(number: number, socket: socket, journal: journal, stop: stop))
        } catch is RawServerStop.Stopped {
        } catch RawSocket.Failure.closed {
        } catch RawSocket.Failure.failed {
        } catch {
            journal.update { $0.failures.append("connection \(number): \(error)") }
        }
        socket.close()
        stop.leave(number)
    }

    private func end() async {
        stop.stop()
        listener.shutdownBoth()
        await stop.waitUntilEmpty()
    }
}
