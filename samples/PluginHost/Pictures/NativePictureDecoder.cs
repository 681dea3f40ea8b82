using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace PluginHost.Pictures;

/// <summary>
/// Stands for the wrapper of a decoder that is written in C. It passes the offset and the length in a file's header to functions of the C runtime
/// without a check, as decoders did in which a malformed file was found to cause a crash. The crash is real: the process receives SIGSEGV, or an
/// access violation on Windows. No <see langword="try"/> in that process can catch it.
/// </summary>
internal sealed unsafe class NativePictureDecoder : IPictureDecoder
{
    private const int Levels = 256;

    public Picture Decode(string path)
    {
        var content = File.ReadAllBytes(path);
        if (!content.AsSpan().StartsWith(PictureFile.Magic))
        {
            throw new InvalidDataException($"{path} is not a picture."); // an exception, which reaches the caller and ends nothing
        }

        var titleOffset = BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(PictureFile.TitleOffsetAt));
        var pixels = BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(PictureFile.PixelCountAt));
        fixed (byte* start = content)
        {
            var copy = (byte*)NativeMemory.Alloc((nuint)pixels);
            try
            {
                CRuntime.Copy(copy, start + PictureFile.HeaderLength, (nuint)pixels);
                var title = start + titleOffset;
                return new Picture(Marshal.PtrToStringUTF8((nint)title, checked((int)CRuntime.Length(title))), pixels, Brightness(copy, pixels));
            }
            finally
            {
                NativeMemory.Free(copy);
            }
        }
    }

    private static double Brightness(byte* pixels, long count)
    {
        Span<long> histogram = stackalloc long[Levels];
        for (var i = 0L; i < count; i++)
        {
            histogram[pixels[i]]++;
        }

        var sum = 0.0;
        for (var level = 0; level < Levels; level++)
        {
            sum += (double)level * histogram[level];
        }

        return count == 0 ? 0 : sum / count;
    }
}
