namespace HeadCount.Inference;

/// <summary>A model that cannot be found or used. The message is one line: file or name, what is wrong, what to
/// do.</summary>
public sealed class ModelException : Exception
{
    /// <summary>Creates the exception with its one-line message.</summary>
    public ModelException(string message) : base(message) { }

    /// <summary>Creates the exception with its one-line message and the error behind it.</summary>
    public ModelException(string message, Exception innerException) : base(message, innerException) { }
}
