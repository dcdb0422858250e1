using FsCheck.Xunit;

// The same cases in every run: a test that fails fails again.
[assembly: Properties(Replay = "(20260101,7)")]
