using System.Buffers.Binary;
using System.Text;

namespace PluginHost.Pictures;

/// <summary>
/// A small format for pictures: a header with the offset of the title and the number of pixels, the pixels with one byte each, and the title, which
/// ends with a zero.
/// </summary>
internal static class PictureFile
{
    public const int TitleOffsetAt = 4;
    public const int PixelCountAt = 12;
    public const int HeaderLength = 20;

    public static ReadOnlySpan<byte> Magic => "PIC1"u8;

    /// <summary>Writes a file. A damaged header claims another title offset or another number of pixels than the file has.</summary>
    public static void Write(string path, string title, byte[] pixels, long? claimedTitleOffset = null, long? claimedPixels = null)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header[TitleOffsetAt..], claimedTitleOffset ?? HeaderLength + pixels.Length);
        BinaryPrimitives.WriteInt64LittleEndian(header[PixelCountAt..], claimedPixels ?? pixels.Length);
        using var file = File.Create(path);
        file.Write(header);
        file.Write(pixels);
        file.Write(Encoding.UTF8.GetBytes(title + '\0'));
    }
}
