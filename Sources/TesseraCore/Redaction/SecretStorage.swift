/// The bytes of a ``Secret``, wiped when the last owner lets go.
///
/// `@unchecked Sendable`: the memory is written once, in `init`, before the reference exists anywhere else, is only
/// read afterwards, and is freed in `deinit`, when no other reference exists.
final class SecretStorage: @unchecked Sendable {
    private let memory: UnsafeMutableBufferPointer<UInt8>
    private let escaped: [SecretStorage]

    init(_ bytes: some Collection<UInt8>) {
        memory = .allocate(capacity: bytes.count)
        _ = memory.initialize(fromContentsOf: bytes)
        escaped = UnicodeEscapedForms.of(bytes).map { SecretStorage($0) }
    }

    deinit {
        Platform.wipe(UnsafeMutableRawBufferPointer(memory))
        memory.deallocate()
    }

    var count: Int { memory.count }

    /// The secret, and its ``UnicodeEscapedForms``, which are looked for as if they were secrets of their own.
    var forms: [SecretStorage] { [self] + escaped }

    /// One of ``forms``.
    func form(_ place: Int) -> SecretStorage { place == 0 ? self : escaped[place - 1] }

    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        try body(UnsafeBufferPointer(memory))
    }
}
