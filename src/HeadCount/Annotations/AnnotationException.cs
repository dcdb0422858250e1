namespace HeadCount.Annotations;

/// <summary>
/// An annotation file that cannot be read. The message is one line: file, line or field, what is wrong, what to do.
/// </summary>
public sealed class AnnotationException : Exception
{
    /// <summary>Messages quote from files, whose names and values may be of any length.</summary>
    private const int MaxLength = 2000;

    /// <summary>Creates the exception with its message, which is made one line.</summary>
    public AnnotationException(string message) : base(OneLine(message)) { }

    /// <summary>Creates the exception with its message, which is made one line, and the error behind it.</summary>
    public AnnotationException(string message, Exception innerException) : base(OneLine(message), innerException) { }

    private static string OneLine(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        string line = message.Any(char.IsControl)
            ? string.Concat(message.Select(letter => char.IsControl(letter) ? ' ' : letter))
            : message;
        return line.Length <= MaxLength ? line : line[..MaxLength] + "…";
    }
}
