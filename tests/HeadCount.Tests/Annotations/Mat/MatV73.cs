namespace HeadCount.Tests.Annotations.Mat;

/// <summary>
/// MAT files of version 7.3 with invented points. The HDF Group's library 1.10.8 wrote them (through h5py 3.7) with
/// MATLAB's header of 512 bytes, attributes and references: <c>points</c> as ShanghaiTech's, compressed;
/// <c>values</c> of every class, and <c>annPoints</c>; <c>members</c>: 160 names of one array in a tree of two levels,
/// links, and <c>loc</c>.
/// </summary>
internal static class MatV73
{
    internal static byte[] File(string name) =>
        System.IO.File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Annotations", "Mat", "v73", name + ".mat"));
}
