using System.Globalization;
using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Imaging;
using HeadCount.Tests.Annotations.Mat;
using Xunit;

namespace HeadCount.Tests.Annotations;

/// <summary>
/// Of every reader: each annotation of a file comes back as a head or an ignored region, or is counted in the notes.
/// </summary>
public sealed class AccountTests : IDisposable
{
    private static readonly string[] Labels =
        ["head", "person", "car", "ignore", "Persona", "no face", "human_head", "headlight", "人头", "riders"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>The items as the picks choose them, each pick a label and a shape.</summary>
    private static string[] Items(byte[] picks, Func<string, int, string> item) =>
        [.. picks.Select(pick => item(Labels[pick % Labels.Length], pick / Labels.Length))];

    private void Account(string id, string file, string text, int annotations, AnnotationReading? reading = null)
    {
        reading ??= new AnnotationReading();
        PictureHeads[] pictures = [.. AnnotationFormat.Find(id)!.Read!(_folder.Write(file, text), id == "yolo" ? Picture() : null, reading)];
        Assert.Equal(annotations, pictures.Sum(picture => picture.Heads.Count + picture.Ignored.Count) + reading.LeftOut);
    }

    private string Picture()
    {
        if (!File.Exists(_folder["p.png"]))
            PictureWriter.Save(new RgbImage(64, 48), _folder["p.png"]);
        return _folder["p.png"];
    }

    private static AnnotationReading? Asked(byte[] picks) =>
        picks.Length % 3 == 0 ? new AnnotationReading(HeadLabels.Of(["Persona=person", "head"])) : null;

    [Property]
    public void Coco(byte[] picks)
    {
        string[] items = [.. picks.Select(pick => Text($"{{\"image_id\":1,\"category_id\":{pick % Labels.Length},") + (pick / Labels.Length % 4) switch
        {
            0 => "\"bbox\":[1,2,3,4]}",
            1 => "\"segmentation\":[[1,2,3,4,5,6]]}",
            2 => "\"bbox\":[1,2,3,4],\"iscrowd\":1}",
            _ => "\"segmentation\":{\"counts\":\"abc\",\"size\":[1,2]}}",
        })];
        string categories = string.Join(',', Labels.Select((label, i) => Text($"{{\"id\":{i},\"name\":\"{label}\"}}")));
        try
        {
            Account("coco", "c.json", $$"""{"images":[{"id":1,"file_name":"a"}],"annotations":[{{string.Join(',', items)}}],"categories":[{{categories}}]}""",
                items.Length, Asked(picks));
        }
        catch (AnnotationException e)
        {
            // Where no label names anybody the file is refused.
            Assert.Contains("none that annotations use", e.Message, StringComparison.Ordinal);
        }
    }

    [Property]
    public void Cvat(byte[] picks)
    {
        string[] items = Items(picks, (label, shape) => (shape % 8) switch
        {
            0 => $"<box label='{label}' xtl='1' ytl='2' xbr='3' ybr='4'/>",
            1 => $"<points label='{label}' points='1,2'/>",
            2 => $"<polygon label='{label}' points='1,2;3,4;5,9'/>",
            3 => $"<ellipse label='{label}' cx='5' cy='6' rx='1' ry='2' rotation='30'/>",
            4 => $"<mask label='{label}' rle='1' left='1' top='2' width='3' height='4'/>",
            5 => $"<skeleton label='{label}'><points label='nose' outside='0' points='1,2'/></skeleton>",
            6 => $"<skeleton label='{label}'><points label='foot' outside='0' points='1,2'/></skeleton>",
            _ => $"<tag label='{label}'/>",
        });
        Account("cvat", "c.xml", $"<annotations><image name='a'>{string.Concat(items)}</image></annotations>", items.Length, Asked(picks));
    }

    [Property]
    public void LabelStudio(byte[] picks)
    {
        const string Size = "\"original_width\":20,\"original_height\":10";
        string[] items = Items(picks, (label, shape) => (shape % 5) switch
        {
            0 => $$$"""{"type":"keypointlabels",{{{Size}}},"value":{"x":1,"y":2,"keypointlabels":["{{{label}}}"]}}""",
            1 => $$$"""{"type":"rectanglelabels",{{{Size}}},"value":{"x":1,"y":2,"width":3,"height":4,"rotation":45,"rectanglelabels":["{{{label}}}"]}}""",
            2 => $$$"""{"type":"ellipselabels",{{{Size}}},"value":{"x":1,"y":2,"radiusX":3,"radiusY":4,"ellipselabels":["{{{label}}}"]}}""",
            3 => $$$"""{"type":"polygonlabels",{{{Size}}},"value":{"points":[[1,2],[3,4],[5,9]],"polygonlabels":["{{{label}}}"]}}""",
            _ => $$$"""{"type":"choices","value":{"choices":["{{{label}}}"]}}""",
        });
        Account("labelstudio", "l.json", $$$"""[{"data":{"image":"a.jpg"},"annotations":[{"result":[{{{string.Join(',', items)}}}]}]}]""",
            items.Length, Asked(picks));
    }

    [Property]
    public void Labelme(byte[] picks)
    {
        string[] items = Items(picks, (label, shape) => $$"""{"label":"{{label}}",""" + (shape % 4) switch
        {
            0 => "\"shape_type\":\"point\",\"points\":[[1,2]]}",
            1 => "\"shape_type\":\"rectangle\",\"points\":[[1,2],[3,4]]}",
            2 => "\"shape_type\":\"circle\",\"points\":[[1,2],[3,4]]}",
            _ => "\"shape_type\":\"polygon\",\"points\":[[1,2],[3,4],[5,9]]}",
        });
        Account("labelme", "l.json", $$"""{"shapes":[{{string.Join(',', items)}}]}""", items.Length, Asked(picks));
    }

    [Property]
    public void Via(byte[] picks)
    {
        string[] items = Items(picks, (label, shape) => (shape % 5) switch
        {
            0 => "{\"shape_attributes\":{\"name\":\"rect\",\"x\":1,\"y\":2,\"width\":3,\"height\":4},",
            1 => "{\"shape_attributes\":{\"name\":\"point\",\"cx\":1,\"cy\":2},",
            2 => "{\"shape_attributes\":{\"name\":\"circle\",\"cx\":1,\"cy\":2,\"r\":3},",
            3 => "{\"shape_attributes\":{\"name\":\"polygon\",\"all_points_x\":[1,2,3],\"all_points_y\":[1,2,4]},",
            _ => "{\"shape_attributes\":{\"name\":\"spline\"},",
        } + (shape % 3) switch
        {
            0 => $"\"region_attributes\":{{\"type\":\"{label}\"}}}}",
            1 => $"\"region_attributes\":{{\"id\":\"7\",\"type\":{{\"{label}\":true,\"head\":false}}}}}}",
            _ => "\"region_attributes\":{}}",
        });
        Account("via", "v.json", $$$"""{"k":{"filename":"a.jpg","regions":[{{{string.Join(',', items)}}}]}}""", items.Length, Asked(picks));
    }

    [Property]
    public void Voc(byte[] picks)
    {
        string[] items = Items(picks, (label, _) =>
            $"<object><name>{label}</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object>");
        Account("voc", "v.xml", $"<annotation><filename>a.jpg</filename>{string.Concat(items)}</annotation>", items.Length, Asked(picks));
    }

    [Property]
    public void Yolo(byte[] picks, bool named)
    {
        if (named)
            _folder.Write("classes.txt", string.Join('\n', Labels));
        else
            File.Delete(_folder["classes.txt"]);
        string[] rows = [.. picks.Select(pick => Text($"{pick % Labels.Length} 0.5 0.5 0.1 0.1")
            + (pick / Labels.Length % 3) switch { 0 => "\n", 1 => " 0.9\n", _ => " 0.2 0.3 0.9 0.9\n" })];
        Account("yolo", "l.txt", string.Concat(rows), rows.Length, Asked(picks));
    }

    [Property]
    public void Mot(byte[] picks, bool ten)
    {
        string[] rows = [.. picks.Select((pick, i) => Text($"{i / 3 + 1},{i},1,2,3,4,{pick % 2}") + (ten ? ",-1,-1,-1\n" : Text($",{pick / 2 % 14},1\n")))];
        Account("mot", "gt.txt", string.Concat(rows), rows.Length);
    }

    [Property]
    public void VisDrone(byte[] picks)
    {
        string[] rows = [.. picks.Select(pick => Text($"1,2,3,4,{pick % 2},{pick / 2 % 13},0,0\n"))];
        Account("visdrone", "v.txt", string.Concat(rows), rows.Length);
    }

    [Property]
    public void CrowdHuman(byte[] picks)
    {
        string[] items = [.. picks.Select(pick => (pick % 5) switch
        {
            0 => """{"tag":"person","hbox":[1,2,3,4]}""",
            1 => """{"tag":"person","hbox":[1,2,3,4],"head_attr":{"ignore":1}}""",
            2 => """{"tag":"mask","vbox":[1,2,3,4],"hbox":[0,0,0,0],"fbox":[1,2,3,4]}""",
            3 => """{"tag":"mask","fbox":[1,2,0,0]}""",
            _ => """{"tag":"person","hbox":[1,2,0,0],"head_attr":{"ignore":1}}""",
        })];
        Account("crowdhuman", "c.odgt", $$"""{"ID":"a","gtboxes":[{{string.Join(',', items)}}]}""", items.Length);
    }

    [Property]
    public void GeoJson(byte[] picks)
    {
        string[] items = Items(picks, (label, shape) => "{\"type\":\"Feature\",\"geometry\":" + (shape % 4) switch
        {
            0 => "{\"type\":\"Point\",\"coordinates\":[1,2]}",
            1 => "{\"type\":\"Polygon\",\"coordinates\":[[[1,2],[3,4],[5,9],[1,2]]]}",
            2 => "{\"type\":\"GeometryCollection\",\"geometries\":[]}",
            _ => "null",
        } + (shape % 3 == 0 ? ",\"properties\":null}" : $",\"properties\":{{\"classification\":{{\"name\":\"{label}\"}}}}}}"));
        Account("geojson", "g.geojson", $$"""{"type":"FeatureCollection","features":[{{string.Join(',', items)}}]}""", items.Length, Asked(picks));
    }

    [Property]
    public void Nwpu(byte points, byte boxes)
    {
        (int p, int b) = (points % 5, boxes % 5);
        Account("nwpu", "n.json", $$"""
            {"img_id":"1.jpg","points":[{{string.Join(',', Enumerable.Repeat("[1,2]", p))}}],"boxes":[{{string.Join(',', Enumerable.Repeat("[1,2,3,4]", b))}}]}
            """, p == b ? p : p + b);
    }

    [Property]
    public void RowsOfPoints(byte count)
    {
        int n = count % 7;
        string Rows(string row) => string.Concat(Enumerable.Repeat(row, n));
        Account("jhu", "j.txt", Rows("1 2 3 4 1 0\n"), n);
        Account("csv", "c.csv", "image,x,y\nb.jpg,,\n" + Rows("a.jpg,1,2\n"), n);
        Account("json", "h.json", $$"""[{"image":"a","heads":[{{string.Join(',', Enumerable.Repeat("{\"x\":1,\"y\":2}", n))}}]}]""", n);
        Account("vscrowd", "v.txt", "1" + Rows(" 7 0 0 4 4 2 2") + "\n", n);
        Account("nwpu-points", "n.txt", Text($"1 {n}") + Rows(" 1 2") + "\n", n);
        _folder.Write("labels.txt", Rows("1 2\n"));
        Account("p2pnet", "p.list", "a.jpg labels.txt\n", n);
        // What is no head but of use to nobody here is told too.
        var reading = new AnnotationReading();
        _folder.Write("labels.txt", Rows("1 2 0.5\n"));
        Account("p2pnet", "p.list", "a.jpg labels.txt\n", 2 * n, reading);
        Account("csv", "c.csv", "image,x,y,label\nb.jpg,,,\n", 1);
    }

    [Fact]
    public void FilesOfMatlabAndParquet_GiveEveryRowBack()
    {
        var mat = new MatBytes();
        foreach ((string id, byte[] file) in new[]
        {
            ("ucf", mat.File(mat.Doubles("annPoints", 2, 2, 1, 2, 3, 4))), ("brt", mat.File(mat.Doubles("loc", 2, 2, 1, 2, 3, 4))),
            ("shanghaitech", Samples.All["shanghaitech"]), ("parquet", Samples.All["parquet"]),
        })
        {
            var reading = new AnnotationReading();
            Assert.Equal(2, AnnotationFormat.Find(id)!.Read!(_folder.Write("f", file), null, reading).Sum(picture => picture.Heads.Count));
            Assert.Equal(0, reading.LeftOut);
        }
    }
}
