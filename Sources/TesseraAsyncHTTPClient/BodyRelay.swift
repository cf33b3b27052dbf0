#if AsyncHTTPClient
import NIOCore
import Synchronization
import TesseraCore

/// Hands the pieces that a writer writes to a reader that asks for them, one at a time: back-pressure without a buffer.
final class BodyRelay: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    private enum State {
        case idle
        case offered(ByteBuffer, CheckedContinuation<Void, any Error>)
        case wanted(CheckedContinuation<ByteBuffer?, any Error>)
        case finished((any Error)?)
    }

    private let state = Mutex(State.idle)

    /// Runs the writer to its end and passes on how it ended.
    func run(_ write: @Sendable (BodyWriter) async throws -> Void) async {
        do {
            try await write(BodyWriter { try await self.offer($0) })
            finish(nil)
        } catch {
            finish(
                TransportFailure(
                    .bodyFailed, phase: .write, progress: .sent(bytes: nil),
                    message: "the writer of the request's body failed", underlying: error))
        }
    }

    private func offer(_ bytes: ArraySlice<UInt8>) async throws {
        guard !bytes.isEmpty else { return }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (writer: CheckedContinuation<Void, any Error>) in
                let buffer = ByteBuffer(bytes: bytes)
                let action: () -> Void = state.withLock { state in
                    if Task.isCancelled { return { writer.resume(throwing: CancellationError()) } }
                    switch state {
                    case .idle:
                        state = .offered(buffer, writer)
                        return {}
                    case .wanted(let reader):
                        state = .idle
                        return {
                            reader.resume(returning: buffer)
                            writer.resume()
                        }
                    case .offered, .finished:
                        return { writer.resume(throwing: CancellationError()) }
                    }
                }
                action()
            }
        } onCancel: {
            finish(CancellationError())
        }
    }

    private func finish(_ error: (any Error)?) {
        let action: () -> Void = state.withLock { state in
            switch state {
            case .idle:
                state = .finished(error)
                return {}
            case .offered(_, let writer):
                state = .finished(error)
                return { writer.resume(throwing: CancellationError()) }
            case .wanted(let reader):
                state = .finished(error)
                if let error { return { reader.resume(throwing: error) } }
                return { reader.resume(returning: nil) }
            case .finished:
                return {}
            }
        }
        action()
    }

    fileprivate func take() async throws -> ByteBuffer? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (reader: CheckedContinuation<ByteBuffer?, any Error>) in
                let action: () -> Void = state.withLock { state in
                    switch state {
                    case .idle:
                        state = .wanted(reader)
                        return {}
                    case .offered(let buffer, let writer):
                        state = .idle
                        return {
                            writer.resume()
                            reader.resume(returning: buffer)
                        }
                    case .finished(let error?):
                        return { reader.resume(throwing: error) }
                    case .finished(nil):
                        return { reader.resume(returning: nil) }
                    case .wanted:
                        return { reader.resume(throwing: CancellationError()) }
                    }
                }
                action()
            }
        } onCancel: {
            finish(CancellationError())
        }
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        let relay: BodyRelay

        mutating func next() async throws -> ByteBuffer? {
            try await relay.take()
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(relay: self)
    }
}
#endif
