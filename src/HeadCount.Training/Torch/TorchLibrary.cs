using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Text;

namespace HeadCount.Training.Torch;

/// <summary>
/// Makes TorchSharp's native library load on systems whose C++ runtime is older than GCC 13's
/// (Debian 12, Ubuntu 22.04).
/// </summary>
/// <remarks>
/// TorchSharp 0.107's <c>libLibTorchSharp.so</c> asks for the symbol version GLIBCXX_3.4.32. The one symbol behind it
/// is <c>std::ios_base_library_init()</c>, which only makes sure that the standard streams exist: the job that the
/// constructor <c>std::ios_base::Init::Init()</c> did before and still does. So a copy of the library is written
/// beside the original in which (1) the undefined symbol's name in <c>.dynstr</c> is that constructor's, and (2) the
/// needed version in <c>.gnu.version_r</c> is GLIBCXX_3.4. The constructor never touches its object, so the missing
/// argument does no harm. On newer systems the original loads and none of this happens.
/// </remarks>
public static class TorchLibrary
{
    private const string NewSymbol = "_ZSt21ios_base_library_initv";
    private const string OldSymbol = "_ZNSt8ios_base4InitC1Ev";
    private const string NewVersion = "GLIBCXX_3.4.32";
    private const string OldVersion = "GLIBCXX_3.4";
    private static int _registered;

    /// <summary>Call once before the first use of TorchSharp. Further calls do nothing.</summary>
    public static void Prepare()
    {
        if (!OperatingSystem.IsLinux() || Interlocked.Exchange(ref _registered, 1) == 1)
            return;
        // Raised only after the runtime failed to load the original by itself.
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) =>
            name is "LibTorchSharp" or "libLibTorchSharp.so" && LoadPatched() is { } handle ? handle : 0;
    }

    private static nint? LoadPatched()
    {
        string rid = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        string[] folders = [Path.Combine(AppContext.BaseDirectory, "runtimes", rid, "native"), AppContext.BaseDirectory];
        string? original = folders.Select(f => Path.Combine(f, "libLibTorchSharp.so")).FirstOrDefault(File.Exists);
        if (original is null)
            return null;
        // Beside the original, because the library finds libtorch relative to its own place.
        string patched = Path.ChangeExtension(original, ".old-glibcxx.so");
        if (!File.Exists(patched) || File.GetLastWriteTimeUtc(patched) < File.GetLastWriteTimeUtc(original))
        {
            byte[] image = File.ReadAllBytes(original);
            Patch(image);
            string temporary = $"{patched}.{Environment.ProcessId}";
            File.WriteAllBytes(temporary, image);
            File.Move(temporary, patched, overwrite: true);
        }
        return NativeLibrary.Load(patched);
    }

    /// <summary>Changes a 64-bit little-endian ELF image in place, as the remarks of the class say.</summary>
    /// <exception cref="InvalidDataException">The image is not such a library or does not ask for the new version.</exception>
    internal static void Patch(Span<byte> elf)
    {
        if (elf.Length < 64 || !elf[..6].SequenceEqual((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
            throw new InvalidDataException("Not a 64-bit little-endian ELF library.");
        int sections = (int)BinaryPrimitives.ReadUInt64LittleEndian(elf[0x28..]);
        int entrySize = BinaryPrimitives.ReadUInt16LittleEndian(elf[0x3a..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(elf[0x3c..]);
        const int VersionNeeds = 0x6ffffffe;
        for (int i = 0; i < count; i++)
        {
            Span<byte> header = elf.Slice(sections + i * entrySize, entrySize);
            if (BinaryPrimitives.ReadInt32LittleEndian(header[4..]) != VersionNeeds)
                continue;
            int link = BinaryPrimitives.ReadInt32LittleEndian(header[40..]);
            Span<byte> strings = Contents(elf, elf.Slice(sections + link * entrySize, entrySize));
            RenameSymbol(strings);
            LowerVersion(Contents(elf, header), strings);
            return;
        }
        throw new InvalidDataException("The library has no table of needed versions.");
    }

    private static Span<byte> Contents(Span<byte> elf, Span<byte> header) => elf.Slice(
        (int)BinaryPrimitives.ReadUInt64LittleEndian(header[24..]), (int)BinaryPrimitives.ReadUInt64LittleEndian(header[32..]));

    private static void RenameSymbol(Span<byte> strings)
    {
        int at = strings.IndexOf(Terminated(NewSymbol));
        if (at < 0)
            throw new InvalidDataException($"The library does not use {NewSymbol}.");
        strings.Slice(at, NewSymbol.Length).Clear();
        Encoding.ASCII.GetBytes(OldSymbol, strings[at..]);
    }

    private static void LowerVersion(Span<byte> needs, Span<byte> strings)
    {
        int oldName = strings.IndexOf(Terminated("\0" + OldVersion)) + 1;
        if (oldName == 0)
            throw new InvalidDataException($"The library does not name {OldVersion}.");
        // Verneed: version, count, file, first auxiliary, next. Vernaux: hash, flags, other, name, next.
        for (int need = 0; ;)
        {
            int auxiliaries = BinaryPrimitives.ReadUInt16LittleEndian(needs[(need + 2)..]);
            int aux = need + BinaryPrimitives.ReadInt32LittleEndian(needs[(need + 8)..]);
            for (int i = 0; i < auxiliaries; i++)
            {
                int name = BinaryPrimitives.ReadInt32LittleEndian(needs[(aux + 8)..]);
                if (strings[name..].StartsWith(Terminated(NewVersion)))
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(needs[aux..], ElfHash(OldVersion));
                    BinaryPrimitives.WriteInt32LittleEndian(needs[(aux + 8)..], oldName);
                }
                aux += BinaryPrimitives.ReadInt32LittleEndian(needs[(aux + 12)..]);
            }
            int next = BinaryPrimitives.ReadInt32LittleEndian(needs[(need + 12)..]);
            if (next == 0)
                return;
            need += next;
        }
    }

    private static byte[] Terminated(string text) => Encoding.ASCII.GetBytes(text + "\0");

    /// <summary>The System V hash of a symbol name (ELF gABI, "Hash Table").</summary>
    private static uint ElfHash(string name)
    {
        uint hash = 0;
        foreach (char c in name)
        {
            hash = (hash << 4) + c;
            uint high = hash & 0xf0000000;
            hash = (hash ^ (high >> 24)) & ~high;
        }
        return hash;
    }
}
