using System.Globalization;
using HeadCount.Imaging;
using HeadCount.IO;

namespace HeadCount.Studio.Storage;

/// <summary>
/// Pictures on disk, a folder each named by its number alone: <c>original</c>, and <c>thumbnail.jpg</c> and the Deep Zoom
/// pyramid once somebody looks.
/// </summary>
public sealed class PictureFiles : IDisposable
{
    private readonly string _root, _temporary;
    private readonly FileStream _lock;
    private readonly long _maxPixels;
    private readonly SemaphoreSlim _rendering = new(Math.Max(1, Environment.ProcessorCount / 2));
    private long _last;

    /// <exception cref="IOException">Another studio works in the folder, or it cannot be written.</exception>
    public PictureFiles(StudioOptions options)
    {
        _root = Path.Combine(options.Data, "pictures");
        _maxPixels = options.MaxPixels;
        CreateOwn(_root);
        // Two studios would take each other's uploads for leftovers, and count each other's pictures.
        string path = Path.Combine(options.Data, "studio.lock");
        try
        {
            _lock = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new IOException($"{options.Data}: another studio works in this folder; stop it, or give another --data", e);
        }
        // What a killed studio was at.
        _temporary = Path.Combine(options.Data, "temporary");
        if (Directory.Exists(_temporary))
            Directory.Delete(_temporary, recursive: true);
        CreateOwn(_temporary);
    }

    /// <summary>A path of nothing yet, in a folder that is emptied at the start.</summary>
    /// <param name="ending">The ending of its name, by which formats are told.</param>
    public string TemporaryPath(string ending = "") =>
        Path.Combine(_temporary, Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture) + ending);

    /// <summary>The uploaded file.</summary>
    public string Original(Guid id) => Path.Combine(Folder(id), "original");

    /// <summary>Takes in an upload; it stands whole or not at all.</summary>
    /// <exception cref="IOException">The disk is full or not to be written.</exception>
    public async Task<long> SaveAsync(Guid id, Stream upload, CancellationToken cancellation)
    {
        string folder = Folder(id), part = Path.Combine(folder, "original.part");
        Directory.CreateDirectory(folder);
        try
        {
            await using (FileStream file = File.Create(part))
                await upload.CopyToAsync(file, cancellation);
            File.Move(part, Original(id));
            return new FileInfo(Original(id)).Length;
        }
        catch
        {
            Delete(id);
            throw;
        }
    }

    public void Delete(Guid id)
    {
        if (Directory.Exists(Folder(id)))
            Directory.Delete(Folder(id), recursive: true);
    }

    /// <summary>Removes what an interrupted upload, removal or cutting into tiles left.</summary>
    public void DeleteExcept(IReadOnlySet<Guid> known)
    {
        foreach (string folder in Directory.EnumerateDirectories(_root))
        {
            // Other folders are none of ours.
            if (!Guid.TryParseExact(Path.GetFileName(folder), "N", out Guid id))
                continue;
            if (!known.Contains(id))
                Directory.Delete(folder, recursive: true);
            else
                foreach (string half in Directory.EnumerateDirectories(folder, "zoom-*"))
                    Directory.Delete(half, recursive: true);
        }
    }

    /// <summary>A JPEG, its longest side 320 pixels.</summary>
    /// <exception cref="PictureException">The picture cannot be read.</exception>
    public async Task<string> ThumbnailAsync(Guid id, CancellationToken cancellation)
    {
        string path = Path.Combine(Folder(id), "thumbnail.jpg");
        await RenderOnceAsync(path, () =>
        {
            const int Side = 320;
            RgbImage image = Picture.Load(Original(id), _maxPixels, reduceTo: 8L * Side * Side);
            byte[] jpeg = PictureWriter.EncodeJpeg(image, Side, 82);
            WholeFile.Write(path, stream => stream.Write(jpeg));
        }, cancellation);
        return path;
    }

    /// <summary>A file of the Deep Zoom pyramid, which is made first where it is missing; null when it has no such file.</summary>
    /// <exception cref="PictureException">The picture cannot be read.</exception>
    public async Task<string?> DeepZoomAsync(Guid id, string? tile, CancellationToken cancellation)
    {
        string folder = Path.Combine(Folder(id), "zoom");
        await RenderOnceAsync(folder, () => DeepZoom.Save(Original(id), folder, _maxPixels), cancellation);
        string path = tile is null
            ? Path.Combine(folder, DeepZoom.Description)
            : Path.Combine(folder, DeepZoom.Tiles, tile);
        return File.Exists(path) ? path : null;
    }

    private async Task RenderOnceAsync(string path, Action render, CancellationToken cancellation)
    {
        if (Path.Exists(path))
            return;
        // A few at once: each may hold a large picture.
        await _rendering.WaitAsync(cancellation);
        try
        {
            if (!Path.Exists(path))
                await Task.Run(render, cancellation);
        }
        finally
        {
            _rendering.Release();
        }
    }

    public void Dispose()
    {
        _rendering.Dispose();
        _lock.Dispose();
    }

    // Other users of the machine have no business there.
    private static void CreateOwn(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string Folder(Guid id) => Path.Combine(_root, id.ToString("N"));
}
