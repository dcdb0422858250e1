using HeadCount.Training.Torch;
using Xunit;

namespace HeadCount.Training.Tests.Torch;

public class TorchLibraryTests
{
    [Fact]
    public void Patch_TheRealLibrary_KeepsItsLengthAndLeavesNothingToPatch()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");
        Assert.SkipUnless(File.Exists(path), "the library of another platform is installed");
        byte[] elf = File.ReadAllBytes(path);
        int length = elf.Length;
        TorchLibrary.Patch(elf);
        Assert.Equal(length, elf.Length);
        // A second time there is nothing left to change.
        Assert.Throws<InvalidDataException>(() => TorchLibrary.Patch(elf));
    }

    [Fact]
    public void Patch_NotALibrary_Refuses() => Assert.Throws<InvalidDataException>(() => TorchLibrary.Patch(new byte[100]));
}
