#if OAuth
/// An open descriptor, closed when the last owner lets go.
final class OpenFile: Sendable {
    let number: Int32

    init(_ number: Int32) {
        self.number = number
    }

    deinit { FileCalls.close(number) }
}
#endif
