namespace HeadCount.Annotations;

/// <summary>An annotation file that cannot be read. The message is one line: file, line or field, what is wrong, what to do.</summary>
public sealed class AnnotationException : Exception
{
    /// <summary>Creates the exception with its one-line message.</summary>
    public AnnotationException(string message) : base(message) { }

    /// <summary>Creates the exception with its one-line message and the error behind it.</summary>
    public AnnotationException(string message, Exception innerException) : base(message, innerException) { }
}
