using System.Runtime.InteropServices;

namespace HeadCount.IO;

/// <summary>
/// Names in Unicode's composed form (NFC). Archives from a Mac hold them decomposed, so that equal names differ in their
/// letters. .NET composes nothing without ICU, which the programs do without; GLib, which comes with libvips, does.
/// </summary>
public static unsafe class ComposedName
{
    private const int DefaultCompose = 1;

    private static readonly delegate* unmanaged<byte*, nint, int, byte*> Normalize = Find("g_utf8_normalize") is nint at
        ? (delegate* unmanaged<byte*, nint, int, byte*>)at
        : null;

    private static readonly delegate* unmanaged<byte*, void> Free = Find("g_free") is nint at
        ? (delegate* unmanaged<byte*, void>)at
        : null;

    /// <summary>The name in NFC; as it is where it cannot be composed.</summary>
    public static string Of(string name)
    {
        if (Normalize is null || Free is null || name.All(char.IsAscii))
            return name;
        byte* utf8 = (byte*)Marshal.StringToCoTaskMemUTF8(name);
        byte* composed = Normalize(utf8, -1, DefaultCompose);
        try
        {
            return composed is null ? name : Marshal.PtrToStringUTF8((nint)composed) ?? name;
        }
        finally
        {
            if (composed is not null)
                Free(composed);
            Marshal.FreeCoTaskMem((nint)utf8);
        }
    }

    private static nint? Find(string function)
    {
        string[] files = OperatingSystem.IsWindows() ? ["libglib-2.0-0.dll", "libvips-42.dll"]
            : OperatingSystem.IsMacOS() ? ["libvips.42.dylib"]
            : ["libvips.so.42"];
        foreach (string file in files)
            if (NativeLibrary.TryLoad(file, typeof(NetVips.NetVips).Assembly, null, out nint library)
                && NativeLibrary.TryGetExport(library, function, out nint at))
                return at;
        return null;
    }
}
