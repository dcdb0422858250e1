using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Annotations.Mat;
using Xunit;

namespace HeadCount.Tests.Annotations.Mat;

public sealed class MatFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private IReadOnlyDictionary<string, MatValue> Read(byte[] bytes) => MatFile.Read(_folder.Write("a.mat", bytes));

    private string Refusal(byte[] bytes)
    {
        string message = Assert.Throws<AnnotationException>(() => Read(bytes)).Message;
        Assert.StartsWith(_folder["a.mat"], message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        return message;
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void Read_EveryKindOfValue_GivesItBack(bool littleEndian, bool compressed)
    {
        var mat = new MatBytes(littleEndian);
        byte[][] variables =
        [
            mat.Doubles("doubles", 2, 2, 1.5, -2, 1e300, 0),
            mat.Bytes("bytes", 1, 3, 1, 2, 255),
            mat.Shorts("shorts", 2, 1, -3, 300),
            mat.Text("text", "Köln"),
            mat.Cell("cell", mat.Doubles("", 1, 1, 7), mat.Element(14, [])),
            mat.Struct("struct", ("location", mat.Doubles("", 1, 2, 3, 4)), ("n", mat.Bytes("", 1, 1, 1))),
            mat.Doubles("empty", 0, 2),
            mat.Array(17, "object", 1, 1, []),
        ];

        var values = Read(mat.File(compressed ? [.. variables.Select(mat.Compressed)] : variables));

        var doubles = Assert.IsType<MatNumbers>(values["doubles"]);
        Assert.Equal([2, 2], doubles.Dimensions);
        Assert.Equal([1.5, -2, 1e300, 0], doubles.Values);
        Assert.Equal([1, 2, 255], Assert.IsType<MatNumbers>(values["bytes"]).Values);
        Assert.Equal([-3, 300], Assert.IsType<MatNumbers>(values["shorts"]).Values);
        Assert.Equal("Köln", Assert.IsType<MatText>(values["text"]).Text);
        var items = Assert.IsType<MatCell>(values["cell"]).Items;
        Assert.Equal([7], Assert.IsType<MatNumbers>(items[0]).Values);
        Assert.Empty(Assert.IsType<MatNumbers>(items[1]).Values);
        var fields = Assert.IsType<MatStruct>(values["struct"]).Fields;
        Assert.Equal([3, 4], Assert.IsType<MatNumbers>(fields["location"][0]).Values);
        Assert.Equal([1], Assert.IsType<MatNumbers>(fields["n"][0]).Values);
        Assert.Equal("0×2", values["empty"].Size);
    }

    [Fact]
    public void Read_MissingFile_SaysSo() => Assert.EndsWith(": no such file",
        Assert.Throws<AnnotationException>(() => MatFile.Read(_folder["a.mat"])).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_EmptyFile_SaysSo() => Assert.Contains("empty", Refusal([]), StringComparison.Ordinal);

    [Fact]
    public void Read_NoMatFile_SaysSo() =>
        Assert.Contains("not a MAT file", Refusal(new byte[200]), StringComparison.Ordinal);

    [Fact]
    public void Read_HeaderOfVersion73Alone_IsCutOff()
    {
        byte[] header = new byte[512];
        "MATLAB 7.3 MAT-file, Platform: GLNXA64"u8.CopyTo(header);
        Assert.Contains("cut off behind the header of version 7.3", Refusal(header), StringComparison.Ordinal);
    }

    /// <summary>Only a cut between two variables leaves a file that is complete in itself.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_CutAnywhere_IsRefused(bool compressed)
    {
        var mat = new MatBytes();
        byte[] variable = mat.Cell("info", mat.Struct("", ("location", mat.Doubles("", 3, 2, 1, 2, 3, 4, 5, 6))));
        byte[] file = mat.File(compressed ? mat.Compressed(variable) : variable);
        Assert.Single(Read(file));
        for (int length = 0; length < file.Length; length++)
            if (length != 128)
                Refusal(file[..length]);
    }

    [Property(MaxTest = 300)]
    public void Read_DamagedBytes_GivesValuesOrOneRefusal((ushort Place, byte Value)[] damage, bool littleEndian)
    {
        var mat = new MatBytes(littleEndian);
        byte[] file = mat.File(mat.Cell("info", mat.Struct("", ("location", mat.Doubles("", 2, 2, 1, 2, 3, 4)))),
            mat.Text("t", "text"), mat.Bytes("b", 1, 3, 1, 2, 3));
        foreach ((ushort place, byte value) in damage)
            file[128 + place % (file.Length - 128)] = value;
        try
        {
            Read(file);
        }
        catch (AnnotationException e)
        {
            Assert.StartsWith(_folder.Root, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_NestedWithoutEnd_IsRefused()
    {
        var mat = new MatBytes();
        byte[] value = mat.Doubles("", 1, 1, 1);
        for (int depth = 0; depth < 100; depth++)
            value = mat.Cell("", value);
        Assert.Contains("nested", Refusal(mat.File(value)), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_UnpacksToTooMuch_IsRefused()
    {
        var mat = new MatBytes();
        Assert.Contains("unpacks to more", Refusal(mat.File(mat.Compressed(new byte[40 << 20]))),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(65536, 65536)]
    [InlineData(-1, 2)]
    public void Read_AbsurdDimensions_AreRefusedWithoutRoomForThem(int rows, int columns)
    {
        var mat = new MatBytes();
        Refusal(mat.File(mat.Array(1, "cell", rows, columns, [])));
        Refusal(mat.File(mat.Array(6, "double", rows, columns, mat.Element(9, new byte[16]))));
    }
}
