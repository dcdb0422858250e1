namespace HeadCount.Imaging;

/// <summary>A picture that cannot be read or written. The message is one line: path, what is wrong, what to do.</summary>
public sealed class PictureException : Exception
{
    /// <summary>Creates the exception with its one-line message.</summary>
    public PictureException(string message) : base(message) { }

    /// <summary>Creates the exception with its one-line message and the error behind it.</summary>
    public PictureException(string message, Exception innerException) : base(message, innerException) { }
}
