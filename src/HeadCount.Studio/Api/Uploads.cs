using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using HeadCount.Studio.Storage;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace HeadCount.Studio.Api;

/// <summary>Reads the files of a request one after the other, without holding them in memory.</summary>
internal static class Uploads
{
    private const int MostEntries = 20_000;

    private static readonly SearchValues<char> s_plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    private static readonly HashSet<string> s_annotationEndings =
        new([".mat", ".csv", ".tsv", ".txt", ".json", ".geojson", ".odgt", ".xml", ".parquet"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The parts that are files; of a body that is no form, the body itself.</summary>
    /// <exception cref="BadHttpRequestException">The form is malformed, or holds no file.</exception>
    internal static async IAsyncEnumerable<(string Name, Stream Content)> Files(HttpRequest request)
    {
        if (request.ContentType is not { } type || !type.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            yield return (request.Query["name"].ToString(), request.Body);
            yield break;
        }
        string? boundary = MediaTypeHeaderValue.TryParse(type, out MediaTypeHeaderValue? media) ? HeaderUtilities.RemoveQuotes(media.Boundary).Value : null;
        if (string.IsNullOrEmpty(boundary) || boundary.Length > 200)
            throw new BadHttpRequestException("The form has no boundary; send it as a browser does");
        var reader = new MultipartReader(boundary, request.Body);
        bool any = false;
        while (true)
        {
            MultipartSection? section;
            try
            {
                section = await reader.ReadNextSectionAsync(request.HttpContext.RequestAborted);
            }
            catch (Exception e) when (e is InvalidDataException or (IOException and not BadHttpRequestException))
            {
                throw new BadHttpRequestException($"The form cannot be read ({e.Message})", e);
            }
            if (section is null)
                break;
            if (section.GetContentDispositionHeader() is not { } disposition || !disposition.IsFileDisposition())
                continue;
            any = true;
            string name = disposition.FileNameStar.HasValue ? disposition.FileNameStar.Value! : disposition.FileName.Value ?? "";
            yield return (HeaderUtilities.RemoveQuotes(name).Value ?? "", new Part(section.Body));
        }
        if (!any)
            throw new BadHttpRequestException("The form holds no file; name its parts 'file'");
    }

    /// <summary>The ending of the name that an upload gives, where it is a plain one.</summary>
    internal static string Ending(string name)
    {
        string ending = Path.GetExtension(name);
        return ending.Length is > 1 and <= 10 && ending.AsSpan(1).IndexOfAnyExcept(s_plain) < 0 ? ending : "";
    }

    /// <summary>A part of a form. That it ends too soon is the sender's fault, and not the disk's.</summary>
    private sealed class Part(Stream body) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await body.ReadAsync(buffer, cancellationToken);
            }
            catch (Exception e) when (e is InvalidDataException or (IOException and not BadHttpRequestException))
            {
                throw new BadHttpRequestException("The form ends in the middle of a file; send it again", e);
            }
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    /// <summary>Whether a file begins as a ZIP does, an empty one too.</summary>
    internal static bool IsZip(string path)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[4];
        return file.ReadAtLeast(start, 4, throwOnEndOfStream: false) == 4 && BinaryPrimitives.ReadUInt32BigEndian(start) is 0x504B0304 or 0x504B0506;
    }

    /// <summary>
    /// The annotation files of a ZIP one by one, each with its name there and a temporary file that is gone at the next.
    /// Pictures, YOLO's <c>classes.txt</c> and whatever else it holds are left packed.
    /// </summary>
    /// <param name="path">The ZIP.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="mostBytes">The most that the files may have together, unpacked.</param>
    /// <param name="files">Where temporary files go.</param>
    /// <exception cref="BadHttpRequestException">The ZIP is damaged or locked, holds no annotation file, or too much.</exception>
    internal static IEnumerable<(string Name, string Path)> Unpack(string path, string name, long mostBytes, PictureFiles files)
    {
        if (CountEntries(path) > MostEntries)
            throw new BadHttpRequestException($"{name}: holds more than {MostEntries} files; split it");
        using ZipArchive zip = Readable(() => ZipFile.OpenRead(path));
        ZipArchiveEntry[] entries = [.. Readable(() => zip.Entries).Where(entry =>
            s_annotationEndings.Contains(Path.GetExtension(entry.Name)) && entry.Name != "classes.txt" && !entry.Name.StartsWith('.') && !entry.FullName.StartsWith("__MACOSX/", StringComparison.Ordinal))];
        if (entries.Length == 0)
            throw new BadHttpRequestException($"{name}: holds no annotation file ({string.Join(", ", s_annotationEndings.Order())})");
        long left = mostBytes;
        foreach (ZipArchiveEntry entry in entries)
        {
            string entryName = Plain.Name(entry.FullName), unpacked = files.TemporaryPath(Ending(entry.Name));
            if (entry.IsEncrypted)
                throw new BadHttpRequestException($"{name}: {entryName} is locked with a password; pack it without");
            try
            {
                left = Readable(() => Copy(entry, unpacked, left));
                if (left < 0)
                    throw new BadHttpRequestException($"{name}: unpacks to more than the {mostBytes >> 20} MiB an upload may have; split it");
                yield return (entryName, unpacked);
            }
            finally
            {
                File.Delete(unpacked);
            }
        }

        T Readable<T>(Func<T> read)
        {
            try
            {
                return read();
            }
            catch (InvalidDataException e)
            {
                throw new BadHttpRequestException($"{name}: is a damaged ZIP; pack it again", e);
            }
        }
    }

    /// <summary>Writes an entry as far as it may grow, whatever size it claims; answers what is left, negative: too much.</summary>
    private static long Copy(ZipArchiveEntry entry, string path, long left)
    {
        using Stream content = entry.Open();
        using FileStream file = File.Create(path);
        byte[] buffer = new byte[1 << 16];
        for (int read; left >= 0 && (read = content.Read(buffer)) > 0; left -= read)
            file.Write(buffer, 0, (int)Math.Min(read, left));
        return left;
    }

    /// <summary>At least as many as the ZIP's directory has: the whole of it is held in memory once it is opened.</summary>
    private static int CountEntries(string path)
    {
        ReadOnlySpan<byte> header = "PK\x01\x02"u8;
        using FileStream file = File.OpenRead(path);
        byte[] buffer = new byte[1 << 16];
        int count = 0, kept = 0;
        for (int read; (read = file.Read(buffer, kept, buffer.Length - kept)) > 0;)
        {
            Span<byte> seen = buffer.AsSpan(0, kept + read);
            count += seen.Count(header);
            // A header may go on in what is read next.
            kept = Math.Min(header.Length - 1, seen.Length);
            seen[^kept..].CopyTo(buffer);
        }
        return count;
    }
}
