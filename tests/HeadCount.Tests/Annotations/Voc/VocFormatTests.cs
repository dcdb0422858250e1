using HeadCount.Annotations;
using HeadCount.Annotations.Voc;
using Xunit;

namespace HeadCount.Tests.Annotations.Voc;

public sealed class VocFormatTests : IDisposable
{
    // Pixels are counted from 1 and the last one is inside: this box covers [9, 30) × [19, 50).
    private const string Xml = """
        <annotation><filename>other.jpg</filename><size><width>100</width><height>80</height><depth>3</depth></size>
          <object><name>head</name><difficult>0</difficult><bndbox><xmin>10</xmin><ymin>20</ymin><xmax>30</xmax><ymax>50</ymax></bndbox></object>
          <object><name>dog</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></object>
        </annotation>
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_BoxesFromOne_OthersAreNoted()
    {
        var reading = new AnnotationReading();
        string path = _folder.Write("a.xml", Xml);
        Assert.Equal("voc", AnnotationFormat.Of(path).Id);
        PictureHeads picture = VocFormat.Read(path, reading);
        Assert.Equal("other.jpg", picture.Name);
        Assert.Equal([new HeadPoint(19.5, 34.5)], picture.Heads);
        Assert.Equal(new PictureSize(100, 80), picture.Size);
        Assert.Contains("dog 1", Assert.Single(reading.Notes).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PartNamedHead_IsTheHeadOfAPerson() => Assert.Equal([new HeadPoint(4.5, 4.5)], VocFormat.Read(_folder.Write("a.xml", """
        <annotation><object><name>person</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>20</xmax><ymax>60</ymax></bndbox>
          <part><name>hand</name><bndbox><xmin>1</xmin><ymin>30</ymin><xmax>4</xmax><ymax>33</ymax></bndbox></part>
          <part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></part></object></annotation>
        """)).Heads);

    [Theory]
    [InlineData("a.jpg", "a.xml")]
    [InlineData("JPEGImages/a.jpg", "Annotations/a.xml")]
    [InlineData("images/a.png", "annotations/a.xml")]
    public void Dataset_FindsIt(string picture, string annotation)
    {
        _folder.Write(picture, [1]);
        _folder.Write(annotation, Xml);
        var dataset = Dataset.Load(_folder.Root);
        Assert.Equal(["Pascal VOC"], dataset.Formats);
        Assert.Single(Assert.Single(dataset.Images).Heads);
    }

    [Theory]
    [InlineData("<annotation>\n<object><name>head</name></object></annotation>", "line 2: an object without 'bndbox'")]
    [InlineData("<annotation>\n<object><bndbox/></object></annotation>", "line 2: 'object' has no 'name'")]
    [InlineData("<annotation><object>\n<name>head</name>\n<bndbox><xmin>1,5</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></object></annotation>",
        "line 3: '1,5' is no number")]
    public void Read_Malformed_NamesTheLine(string xml, string reason)
    {
        string path = _folder.Write("a.xml", xml);
        Assert.StartsWith($"{path}, {reason}", Assert.Throws<AnnotationException>(() => VocFormat.Read(path)).Message, StringComparison.Ordinal);
    }
}
