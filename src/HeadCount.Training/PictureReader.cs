using HeadCount.Imaging;
namespace HeadCount.Training;
internal static class PictureReader
{
    internal static RgbImage Read(string path)
    {
        using var i = NetVips.Image.NewFromFile(path, access: NetVips.Enums.Access.Sequential);
        using var s = i.Colourspace(NetVips.Enums.Interpretation.Srgb);
        using var t = s.Bands > 3 ? s.ExtractBand(0, 3) : s.Copy();
        return new RgbImage(t.Width, t.Height, t.WriteToMemory<byte>());
    }
}
