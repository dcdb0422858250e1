using HeadCount.Imaging;
using Xunit;

namespace HeadCount.Tests.Imaging;

public sealed class FolderWalkTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string[] Names(FolderWalk walk) =>
        [.. walk.Files.Select(file => Path.GetRelativePath(_folder.Root, file)).Order(StringComparer.Ordinal)];

    private void Write(params string[] names)
    {
        foreach (string name in names)
            _folder.Write(name, "x");
    }

    [Fact]
    public void HiddenForeignAndOwnDrawings_AreLeftOut()
    {
        Write("a.jpg", "b/c.txt", ".hidden.jpg", ".Trash-1000/files/d.jpg", "@eaDir/a.jpg/SYNO.jpg", "__MACOSX/a.jpg",
            "$RECYCLE.BIN/e.jpg", "out/counts.csv", "out/overlays/a.jpg", "out/f.jpg", "overlays/g.jpg");
        Assert.Equal(["a.jpg", "b/c.txt", "out/counts.csv", "out/f.jpg", "overlays/g.jpg"], Names(FolderWalk.Of(_folder.Root)));
    }

    [Fact]
    public void PicturesThatAreNotRead_AreCountedByKind()
    {
        Write("a.jpg", "b.HEIC", "c.heif", "d.mp4", "e.nef", "f.bmp");
        var walk = FolderWalk.Of(_folder.Root);
        Assert.Equal(["a.jpg"], Names(walk));
        Assert.Equal("passed over, as they cannot be read here: 1 BMP, 2 HEIC, 1 camera raw, 1 film", walk.PassedOverLine);
        Assert.Null(FolderWalk.Of(Directory.CreateDirectory(_folder["empty"]).FullName).PassedOverLine);
    }

    [Fact]
    public void Links_LeadNowhereTwice()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights there");
        Write("d/a.jpg", "d/b.jpg");
        File.CreateSymbolicLink(_folder["d/up"], "..");
        File.CreateSymbolicLink(_folder["d/loop"], "loop");
        File.CreateSymbolicLink(_folder["again"], _folder["d"]);
        File.CreateSymbolicLink(_folder["d/c.jpg"], "a.jpg");
        File.CreateSymbolicLink(_folder["d/gone.jpg"], "nothing.jpg");
        var walk = FolderWalk.Of(_folder.Root);
        // Files and folders come before links to them.
        Assert.Equal(["d/a.jpg", "d/b.jpg"], Names(walk));
        Assert.Contains("gone.jpg: a link to a file that is not there", Assert.Single(walk.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void FolderThatMayNotBeListed_IsNamed_AndTheOthersAreWalked()
    {
        if (OperatingSystem.IsWindows())
            return;
        Assert.SkipWhen(Environment.UserName == "root", "root may list everything");
        Write("a.jpg", "lost/b.jpg");
        File.SetUnixFileMode(_folder["lost"], UnixFileMode.None);
        try
        {
            var walk = FolderWalk.Of(_folder.Root);
            Assert.Equal(["a.jpg"], Names(walk));
            Assert.StartsWith($"{_folder["lost"]}: cannot be listed", Assert.Single(walk.Problems), StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(_folder["lost"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void Depth_IsKept()
    {
        Write("a.jpg", "b/c.jpg", "b/d/e.jpg");
        Assert.Equal(["a.jpg"], Names(FolderWalk.Of(_folder.Root, 0)));
        Assert.Equal(["a.jpg", "b/c.jpg"], Names(FolderWalk.Of(_folder.Root, 1)));
    }
}
