using System.Buffers.Binary;
using HeadCount.Annotations;
using HeadCount.Annotations.Parquet;
using Parquet;
using Parquet.Schema;
using Xunit;

namespace HeadCount.Tests.Annotations.Parquet;

public sealed class ParquetFormatTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A file of one row group, as other programs may write it.</summary>
    private async Task<string> Save(params (DataField Field, Func<ParquetRowGroupWriter, DataField, Task> Write)[] columns)
    {
        string path = _folder["t.parquet"];
        await using FileStream stream = File.Create(path);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(
            new ParquetSchema(columns.Select(column => column.Field)), stream);
        using ParquetRowGroupWriter group = writer.CreateRowGroup();
        foreach (var (field, write) in columns)
            await write(group, field);
        return path;
    }

    private static (DataField, Func<ParquetRowGroupWriter, DataField, Task>) Names(params string[] names) =>
        (new DataField<string>("image"), (group, field) => group.WriteAsync(field, names));

    private static (DataField, Func<ParquetRowGroupWriter, DataField, Task>) Column<T>(string name, params T[] values)
        where T : struct => (new DataField<T>(name), (group, field) => group.WriteAsync<T>(field, values));

    private static string Refusal(string path)
    {
        string message = Assert.Throws<AnnotationException>(() => ParquetFormat.Read(path)).Message;
        Assert.StartsWith(path, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        return message;
    }

    [Fact]
    public async Task Read_OtherTypesFurtherColumnsAndRowsInAnyOrder()
    {
        string path = await Save(Column("id", 1, 2, 3), Column("y", 10L, 20, 30), Column("x", 1.5f, -2, 3),
            Names("b\\ü.jpg", "a.jpg", "b\\ü.jpg"), Column("score", 0.5, 1, 0.25));
        PictureHeads[] pictures = [.. ParquetFormat.Read(path)];
        Assert.Equal(["b/ü.jpg", "a.jpg"], pictures.Select(picture => picture.Name));
        Assert.Equal([new(1.5, 10, 0.5), new(3, 30, 0.25)], pictures[0].Heads);
        Assert.Equal([new HeadPoint(-2, 20)], pictures[1].Heads);
    }

    [Fact]
    public void Read_FileMadeByHand()
    {
        PictureHeads[] pictures = [.. ParquetFormat.Read(_folder.Write("hand.parquet", ParquetBytes.File(
            [("plaza/a 人.jpg", 1.5, -2), ("b.jpg", 100, 200)], [("plaza/a 人.jpg", 3.25, 4)])))];
        Assert.Equal(["plaza/a 人.jpg", "b.jpg"], pictures.Select(picture => picture.Name));
        Assert.Equal([new(1.5, -2), new(3.25, 4)], pictures[0].Heads);
        Assert.Equal([new HeadPoint(100, 200)], pictures[1].Heads);
    }

    [Fact]
    public void ManyRows_TakeSeveralGroups()
    {
        HeadPoint[] heads = [.. Enumerable.Range(0, 70_000).Select(i => new HeadPoint(i, i / 2.0))];
        string path = _folder["many.parquet"];
        ParquetFormat.Write(path, [new PictureHeads("a.jpg", heads), new PictureHeads("b.jpg", [])]);
        PictureHeads[] read = [.. ParquetFormat.Read(path)];
        Assert.Equal(heads, read[0].Heads);
        Assert.Equal("b.jpg", read[1].Name);
    }

    [Theory]
    [InlineData("table.PARQUET")]
    [InlineData("table")]
    public void TheFormat_IsToldByExtensionOrContent(string name)
    {
        ParquetFormat.Write(_folder[name], [new PictureHeads("a.jpg", [new HeadPoint(1, 2)])]);
        Assert.Equal("parquet", AnnotationFormat.Of(_folder[name]).Id);
    }

    [Fact]
    public async Task WhatIsWrong_IsSaidWithItsRow()
    {
        Assert.EndsWith("has no column 'y' (found: image, x); expected image, x, y and perhaps score",
            Refusal(await Save(Names("a"), Column("x", 1.0))), StringComparison.Ordinal);
        Assert.EndsWith("column 'x' holds DateTime; expected numbers",
            Refusal(await Save(Names("a"), Column("x", DateTime.UnixEpoch), Column("y", 1.0))), StringComparison.Ordinal);
        Assert.EndsWith("column 'image' holds Double; expected text",
            Refusal(await Save(Column("image", 1.0), Column("x", 1.0), Column("y", 1.0))), StringComparison.Ordinal);
        Assert.Contains(", row 2: (NaN, 2) is no position",
            Refusal(await Save(Names("a", "a"), Column("x", 1, double.NaN), Column("y", 1.0, 2))), StringComparison.Ordinal);
        Assert.Contains(", row 2: names no image",
            Refusal(await Save(Names("a", ""), Column("x", 1.0, 1), Column("y", 1.0, 2))), StringComparison.Ordinal);
        Assert.Contains(", row 1: score 2",
            Refusal(await Save(Names("a"), Column("x", 1.0), Column("y", 1.0), Column("score", 2.0))), StringComparison.Ordinal);
        Assert.Contains(", row 1: has only one of x and y", Refusal(await Save(Names("a"), Column("x", 1.0),
            (new DataField<double?>("y"), (group, field) => group.WriteAsync<double>(field, new double?[] { null })))),
            StringComparison.Ordinal);
    }

    private byte[] Small()
    {
        ParquetFormat.Write(_folder["s.parquet"], [new PictureHeads("a.jpg", [new HeadPoint(1, 2)])]);
        return File.ReadAllBytes(_folder["s.parquet"]);
    }

    [Fact]
    public void CutAnywhere_IsRefused()
    {
        byte[] whole = Small();
        for (int length = 1; length < whole.Length; length++)
            Assert.Contains("no Parquet file, or a damaged one", Refusal(_folder.Write("c.parquet", whole[..length])),
                StringComparison.Ordinal);
    }

    /// <summary>A file of this footer alone.</summary>
    private string Footer(params byte[] footer)
    {
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Length);
        return _folder.Write("f.parquet", [.. "PAR1"u8, .. footer, .. length, .. "PAR1"u8]);
    }

    [Theory]
    [InlineData(0x1C)] // a structure as field 1
    [InlineData(0x19)] // a list as field 1
    public void NestedWithoutEnd_IsRefused(byte field)
    {
        byte[] footer = new byte[2_000_000];
        Array.Fill(footer, field);
        Assert.Contains("nested deeper", Refusal(Footer(footer)), StringComparison.Ordinal);
    }

    [Fact]
    public void ListOfBillions_IsRefusedWithoutRoomForIt()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        // Field 2, a list of 2³¹ − 1 structures.
        Assert.Contains("a list of 2147483647", Refusal(Footer(0x29, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x07)),
            StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void PageThatUnpacksToGigabytes_IsRefusedWithoutRoomForIt()
    {
        byte[] whole = Small();
        // The first page's header: kind, then size unpacked, as numbers in field 1 and 2.
        Assert.Equal([0x15, 0x00, 0x15], whole[4..7]);
        byte[] bomb = [.. whole[..7], 0xFE, 0xFF, 0xFF, 0xFF, 0x0F, .. whole[8..]];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("that unpacks to 2147483647", Refusal(_folder.Write("b.parquet", bomb)), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 3_000_000);
    }

    /// <summary>Text over memory of numbers, or numbers over memory of text, would damage the program itself.</summary>
    [Theory]
    [InlineData(new byte[] { 0x15, 0x0C, 0x19, 0x15 })] // the type in the row group
    [InlineData(new byte[] { 0x15, 0x0C, 0x25, 0x00 })] // the type in the schema
    public void ColumnStoredAsAnotherType_IsRefused(byte[] text)
    {
        byte[] file = ParquetBytes.File([("a.jpg", 1, 2)]);
        int at = file.AsSpan().IndexOf(text);
        file[at + 1] = 0x0A;
        Refusal(_folder.Write("t.parquet", file));
    }
}
