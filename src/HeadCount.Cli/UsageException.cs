namespace HeadCount.Cli;

/// <summary>A call that cannot be carried out as it stands: one line that says what to change.</summary>
internal sealed class UsageException(string message) : Exception(message);
