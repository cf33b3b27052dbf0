#if OAuth
/// The steps of a write that can fail, so that tests can make each of them fail, or look at the disk between them.
enum FileStep: String, Sendable, CaseIterable {
    case create, allocate, write, syncFile, rename, syncDirectory, mark, remove
}

/// Called before each step; what it throws is what the step's call seems to have failed with.
typealias FileStepHook = @Sendable (FileStep) throws(FileCalls.Failure) -> Void
#endif
