using System.IO.Compression;
using HeadCount.Annotations;
using HeadCount.Annotations.HeadCsv;
using HeadCount.Inference;
using HeadCount.Studio.Storage;

namespace HeadCount.Studio.Api;

/// <summary>Files that people take away.</summary>
internal static class Downloads
{
    /// <summary>A counted picture, the heads that stand in it and its file.</summary>
    internal sealed record Item(PictureRow Picture, HeadPoint[] Heads, string Path);

    /// <summary>What can be asked for: counts, and every annotation format that is written.</summary>
    internal static IReadOnlyList<string> Formats { get; } =
        ["csv", "json", .. AnnotationFormat.All.Where(format => format.Write is not null && format.Id != "csv").Select(format => format.Id), "training"];

    /// <summary>A file, or a ZIP where there are several.</summary>
    /// <exception cref="BadHttpRequestException">No such format, or it cannot hold these pictures.</exception>
    internal static IResult Of(string name, string format, IReadOnlyList<Item> items)
    {
        string stem = Plain.Name(name).Replace('/', ' ');
        string folder = Directory.CreateTempSubdirectory("headcount-").FullName;
        try
        {
            switch (format)
            {
                case "csv":
                    Write(folder, "counts.csv", stream => CountFile.WriteCounts(stream, Counted(items)));
                    Write(folder, "heads.csv", stream => CountFile.WriteHeads(stream, Counted(items)));
                    break;
                case "json":
                    Write(folder, $"{stem}.json", stream => CountFile.WriteJson(stream, Counted(items)));
                    break;
                case "training":
                    // The layout that headcount-train reads: pictures as named in heads.csv beside them.
                    HeadCsvFile.Format.Write!(Path.Combine(folder, "heads.csv"), Heads(items));
                    return Send(Zip(folder, items), $"{stem} training.zip");
                default:
                    AnnotationFormat target = AnnotationFormat.Find(format) is { Write: not null } found
                        ? found
                        : throw new BadHttpRequestException($"format={format}: expected one of {string.Join(", ", Formats)}");
                    target.Write!(target.IsTable ? Path.Combine(folder, stem + Extension(target.Id)) : folder, Heads(items));
                    break;
            }
            string[] files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
            return files is [var only]
                ? Send(Copy(only), Path.GetFileName(only))
                : Send(Zip(folder, []), $"{stem} {format}.zip");
        }
        catch (AnnotationException e)
        {
            throw new BadHttpRequestException(e.Message, e);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static CountedImage[] Counted(IReadOnlyList<Item> items) => [.. items.Select(item => new CountedImage(
        item.Picture.Name, new CountResult(item.Picture.Width, item.Picture.Height, item.Heads, item.Picture.DensitySum)))];

    private static IEnumerable<PictureHeads> Heads(IReadOnlyList<Item> items) => items.Select(item => new PictureHeads(item.Picture.Name, item.Heads)
    {
        Size = new PictureSize(item.Picture.Width, item.Picture.Height),
    });

    private static string Extension(string id) => id switch
    {
        "cvat" => ".xml",
        "geojson" => ".geojson",
        "nwpu-points" => ".txt",
        "parquet" => ".parquet",
        _ => ".json",
    };

    private static void Write(string folder, string name, Action<Stream> write)
    {
        using FileStream stream = File.Create(Path.Combine(folder, name));
        write(stream);
    }

    private static FileStream Temporary() => new(Path.Combine(Path.GetTempPath(), $"headcount-{Guid.NewGuid():N}"),
        FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);

    private static FileStream Copy(string path)
    {
        FileStream copy = Temporary();
        using FileStream file = File.OpenRead(path);
        file.CopyTo(copy);
        return copy;
    }

    private static FileStream Zip(string folder, IReadOnlyList<Item> pictures)
    {
        FileStream file = Temporary();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                zip.CreateEntryFromFile(path, Path.GetRelativePath(folder, path).Replace('\\', '/'));
            foreach (Item item in pictures)
                zip.CreateEntryFromFile(item.Path, item.Picture.Name, CompressionLevel.NoCompression);
        }
        return file;
    }

    private static IResult Send(FileStream file, string name)
    {
        file.Position = 0;
        return TypedResults.Stream(file, Path.GetExtension(name) switch
        {
            ".zip" => "application/zip",
            ".csv" => "text/csv",
            ".geojson" => "application/geo+json",
            ".json" => "application/json",
            ".xml" => "application/xml",
            _ => "application/octet-stream",
        }, name);
    }
}

/// <summary>Numbers uploads in their order, across restarts too.</summary>
internal static class UploadClock
{
    private static long s_last;

    internal static long Next()
    {
        while (true)
        {
            long last = Interlocked.Read(ref s_last), next = Math.Max(last + 1, DateTime.UtcNow.Ticks);
            if (Interlocked.CompareExchange(ref s_last, next, last) == last)
                return next;
        }
    }
}

/// <summary>What is asked for is not there.</summary>
internal sealed class NotFoundException(string message) : Exception(message);

/// <summary>Someone else has changed it meanwhile.</summary>
internal sealed class ConflictException(string message) : Exception(message);
