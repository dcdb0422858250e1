using System.Buffers.Binary;
using HeadCount.Annotations;
using HeadCount.Annotations.BeijingBrt;
using HeadCount.Annotations.Mat;
using HeadCount.Annotations.Nwpu;
using HeadCount.Annotations.ShanghaiTech;
using HeadCount.Annotations.UcfCc50;
using Xunit;

namespace HeadCount.Tests.Annotations.Mat;

public sealed class MatHdf5Tests : IDisposable
{
    private const int Start = 512;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Save(byte[] bytes) => _folder.Write("a.mat", bytes);

    private string Refusal(byte[] bytes)
    {
        string message = Assert.Throws<AnnotationException>(() => MatFile.Read(Save(bytes))).Message;
        Assert.StartsWith(_folder["a.mat"], message, StringComparison.Ordinal);
        return message;
    }

    private static double[] Numbers(MatValue value) => Assert.IsType<MatNumbers>(value).Values;

    [Fact]
    public void Read_EveryKindOfValue_GivesItBack()
    {
        var values = MatFile.Read(Save(MatV73.File("values")));

        Assert.Equal("3×2", values["doubles"].Size);
        Assert.Equal([1.5, -2, 7, 1e300, 0, 8], Numbers(values["doubles"]));
        // Of 0..23 in rows of a 2×3×4 array, MATLAB's order takes the first extent first.
        Assert.Equal("2×3×4", values["cube"].Size);
        Assert.Equal([0, 12, 4, 16, 8, 20, 1, 13], Numbers(values["cube"])[..8]);
        Assert.Equal("1×3", values["bytes"].Size);
        Assert.Equal([1, 2, 255], Numbers(values["bytes"]));
        Assert.Equal([-3, 300], Numbers(values["shorts"]));
        Assert.Equal([0.5], Numbers(values["single"]));
        Assert.Equal([1.25, -7], Numbers(values["big"]));
        Assert.Equal([1, 0], Numbers(values["yes"]));
        Assert.Equal("Köln", Assert.IsType<MatText>(values["text"]).Text);
        MatValue[] items = Assert.IsType<MatCell>(values["cell"]).Items;
        Assert.Equal([7], Numbers(items[0]));
        Assert.Equal("0×0", items[1].Size);
        var structs = Assert.IsType<MatStruct>(values["structs"]);
        Assert.Equal("1×2", structs.Size);
        Assert.Equal([7], Numbers(structs.Fields["n"][0]));
        Assert.Empty(Numbers(structs.Fields["n"][1]));
        Assert.Equal("0×2", Assert.IsType<MatNumbers>(values["none"]).Size);
        Assert.Equal("0×3", Assert.IsType<MatCell>(values["nocell"]).Size);
        Assert.Equal("sparse", Assert.IsType<MatOther>(values["thin"]).ClassName);
        Assert.Equal("table", Assert.IsType<MatOther>(values["other"]).ClassName);
    }

    [Fact]
    public void Read_ShuffledChunksThatStandOver_FallIntoPlace()
    {
        var chunks = Assert.IsType<MatNumbers>(MatFile.Read(Save(MatV73.File("values")))["chunks"]);
        Assert.Equal("7×5", chunks.Size);
        Assert.Equal(Enumerable.Range(0, 35).Select(i => (double)i), chunks.Values);
    }

    [Fact]
    public void Read_ManyNames_GivesAllButLinks()
    {
        var values = MatFile.Read(Save(MatV73.File("members")));
        Assert.Equal([.. Enumerable.Range(0, 160).Select(i => $"v{i:000}"), "loc"],
            values.Keys.OrderDescending().Reverse().OrderBy(name => name == "loc"));
        Assert.All(values.Where(value => value.Key != "loc"), value => Assert.Equal([7], Numbers(value.Value)));
    }

    [Fact]
    public void EveryLayout_IsReadWithMatlabsOriginMovedByHalfAPixel()
    {
        Assert.Equal([new(0.5, 10), new(1.5, 19.5), new(2.75, -4.5)], ShanghaiTechFormat.Read(Save(MatV73.File("points"))));
        string path = Save(MatV73.File("values"));
        Assert.Equal([new(0.5, 2.5), new(2, -4.5)], UcfCc50Format.Read(path));
        Assert.Equal([new(0.5, 2.5), new(2, -4.5)], NwpuFormat.Read(path).Heads);
        Assert.Equal([new(99.5, 200)], BeijingBrtFormat.Read(Save(MatV73.File("members"))));
    }

    [Fact]
    public void Read_WithoutMatlabsHeader_IsReadToo()
    {
        byte[] file = MatV73.File("points")[Start..];
        // Addresses count from the base address.
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(24), 0);
        Assert.Equal(3, ShanghaiTechFormat.Read(Save(file)).Count);
    }

    [Fact]
    public void Read_CutAnywhere_IsWholeOrRefused()
    {
        byte[] file = MatV73.File("points");
        for (int length = 0; length < file.Length; length += 7)
            try
            {
                Assert.Equal(3, ShanghaiTechFormat.Read(Save(file[..length])).Count);
                // Only what the file holds in reserve may be missing.
                Assert.InRange(length, 0.9 * file.Length, file.Length);
            }
            catch (AnnotationException e)
            {
                Assert.StartsWith(_folder.Root, e.Message, StringComparison.Ordinal);
            }
    }

    [Fact]
    public void Read_CellThatHoldsItself_IsRefused()
    {
        byte[] bytes = MatV73.File("values");
        var file = new Hdf5File(bytes, Start, 1 << 20);
        ulong cell = file.Members(file.Root).Single(member => member.Name == "cell").Address;
        int data = Start + (int)file.Object(cell).Address;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(data), cell);
        Assert.Contains("nested deeper", Refusal(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TreeThatHoldsItself_IsRefused()
    {
        byte[] bytes = MatV73.File("members");
        var file = new Hdf5File(bytes, Start, 1 << 20);
        ulong tree = file.Root.Symbols!.Value.Tree;
        // Behind signature, kind, level, count, neighbours and the first key stands the first child.
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(Start + (int)tree + 32), tree);
        Assert.Contains("level 1 where", Refusal(bytes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1UL << 40, "an extent of")]
    [InlineData(1UL << 30, "more than is read")]
    [InlineData(1UL << 10, "cut off")]
    public void Read_AbsurdExtents_AreRefusedWithoutRoomForThem(ulong extent, string expected)
    {
        byte[] bytes = MatV73.File("points");
        byte[] extents = new byte[16];
        (extents[0], extents[8]) = (2, 3);
        int at = bytes.AsSpan().IndexOf(extents);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), extent);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(expected, Refusal(bytes), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 5_000_000);
    }

    [Fact]
    public void Read_BudgetSpent_IsRefused()
    {
        byte[] bytes = MatV73.File("values");
        Assert.Contains("in circles", Assert.Throws<InvalidDataException>(
            () => MatHdf5.Variables(new Hdf5File(bytes, Start, 4000))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NewerSuperblock_SaysWhatToDo()
    {
        byte[] bytes = MatV73.File("points");
        bytes[Start + 8] = 3;
        Assert.EndsWith("as MATLAB does not write it (superblock 3); save it in MATLAB with -v7", Refusal(bytes),
            StringComparison.Ordinal);
    }
}
