#if NIO
import DequeModule
import NIOCore
import TesseraCore

/// The pieces of a streamed answer between the wire and a reader. Lives on the event loop.
///
/// The wire pushes, the reader takes; while something lies here the wire does not read on (back-pressure).
struct ResponseStream {
    typealias Piece = Result<ArraySlice<UInt8>?, TransportFailure>
    typealias Reader = UnsafeContinuation<Piece, Never>

    private enum End {
        case open
        case ended
        case failed(TransportFailure)
    }

    private var pieces: Deque<[UInt8]> = []
    private var reader: Reader?
    private var end = End.open

    /// Whether the reader waits for bytes that the wire has to bring.
    var isWaiting: Bool { reader != nil }

    /// Whether more bytes should be read from the wire: nothing lies here unread.
    var hasRoom: Bool { pieces.isEmpty }

    /// Takes a piece from the wire. Returns the reader to resume, if one waits.
    mutating func push(_ piece: [UInt8]) {
        guard !piece.isEmpty else { return }
        if let reader {
            self.reader = nil
            reader.resume(returning: .success(piece[...]))
        } else {
            pieces.append(piece)
        }
    }

    /// The answer is whole.
    mutating func finish() {
        guard case .open = end else { return }
        end = .ended
        if let reader {
            self.reader = nil
            reader.resume(returning: .success(nil))
        }
    }

    /// The answer is cut. What came before is still handed over.
    mutating func fail(_ failure: TransportFailure) {
        guard case .open = end else { return }
        end = .failed(failure)
        if let reader {
            self.reader = nil
            reader.resume(returning: .failure(failure))
        }
    }

    /// The reader wants the next piece.
    mutating func take(_ reader: Reader) {
        if let piece = pieces.popFirst() { return reader.resume(returning: .success(piece[...])) }
        switch end {
        case .ended: reader.resume(returning: .success(nil))
        case .failed(let failure): reader.resume(returning: .failure(failure))
        case .open:
            // One reader at a time: a second one would take the first one's piece.
            if let former = self.reader {
                former.resume(
                    returning: .failure(
                        TransportFailure(
                            .unsupported, phase: .body, progress: .sent(bytes: nil),
                            message: "two tasks read one body at the same time")))
            }
            self.reader = reader
        }
    }
}
#endif
