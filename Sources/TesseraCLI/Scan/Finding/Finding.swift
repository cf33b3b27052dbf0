#if CLI
import TesseraCore

/// A secret that stands where it should not. It prints as a tag: the secret is never told.
struct Finding: Sendable {
    var pattern: SecretPattern
    var path: TreePath
    /// The path from the root of the working tree, or below the named folder.
    var pathInRepository: TreePath
    /// From one.
    var line: Int
    /// From one, in code points.
    var column: Int
    /// While it lives, no message of this process can hold it in any encoding (invariant 1).
    var secret: Secret
    /// The object name of the oldest commit that has it; nil for a file of the tree.
    var commit: String?

    /// The same for the same secret throughout one run, and another one in the next.
    var tag: String { "\(secret)" }
}
#endif
