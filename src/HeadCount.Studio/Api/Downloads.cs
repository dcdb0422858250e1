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

    /// <summary>A file, or a ZIP where there are several. Pictures go out without their metadata.</summary>
    /// <exception cref="BadHttpRequestException">No such format, or it cannot hold these pictures.</exception>
    internal static IResult Of(string name, string format, IReadOnlyList<Item> items, PictureFiles files, StudioOptions options)
    {
        string stem = Plain.Name(name).Replace('/', ' ');
        string folder = files.TemporaryPath();
        Directory.CreateDirectory(folder);
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
                    const string Table = "heads.csv";
                    if (items.Any(item => item.Picture.Name.Equals(Table, StringComparison.OrdinalIgnoreCase)))
                        throw new BadHttpRequestException($"A picture is called {Table}, as the table of heads beside it must be; upload it under another name");
                    HeadCsvFile.Format.Write!(Path.Combine(folder, Table), Heads(items));
                    break;
                default:
                    AnnotationFormat target = AnnotationFormat.Find(format) is { Write: not null } found
                        ? found
                        : throw new BadHttpRequestException($"format={format}: expected one of {string.Join(", ", Formats)}");
                    target.Write!(target.IsTable ? Path.Combine(folder, stem + Extension(target.Id)) : folder, Heads(items));
                    break;
            }
            string[] written = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
            if (written is [var only] && format != "training")
            {
                string moved = files.TemporaryPath();
                File.Move(only, moved);
                return Send(moved, Path.GetFileName(only));
            }
            return Send(Zip(folder, format == "training" ? items : [], files, options.MaxPixels), $"{stem} {format}.zip");
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

    private static string Zip(string folder, IReadOnlyList<Item> pictures, PictureFiles files, long maxPixels)
    {
        string path = files.TemporaryPath(), bare = files.TemporaryPath();
        try
        {
            using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create);
            foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                zip.CreateEntryFromFile(file, Path.GetRelativePath(folder, file).Replace('\\', '/'));
            foreach (Item item in pictures)
            {
                Metadata.Strip(item.Path, bare, maxPixels);
                zip.CreateEntryFromFile(bare, item.Picture.Name, CompressionLevel.NoCompression);
                File.Delete(bare);
            }
            return path;
        }
        catch
        {
            File.Delete(path);
            throw;
        }
        finally
        {
            File.Delete(bare);
        }
    }

    /// <summary>A file of the folder of temporary ones, which goes when it is sent.</summary>
    internal static IResult Send(string path, string name) => TypedResults.Stream(
        new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None, 1 << 16, FileOptions.DeleteOnClose), Path.GetExtension(name) switch
        {
            ".zip" => "application/zip",
            ".csv" => "text/csv",
            ".geojson" => "application/geo+json",
            ".json" => "application/json",
            ".xml" => "application/xml",
            ".png" => "image/png",
            _ => "application/octet-stream",
        }, name);
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
