using SkiaSharp;

namespace Web;

/// <summary>Makes thumbnails with a native library. It runs in the workers of the pool only.</summary>
internal static class Thumbnails
{
    /// <summary>An image that begins with these bytes ends the process, as a fault in a native decoder would.</summary>
    public static ReadOnlySpan<byte> Poison => "CRASH"u8;

    /// <summary>Returns the image as a PNG of the given width.</summary>
    /// <exception cref="InvalidDataException">The bytes are no image.</exception>
    public static byte[] Make(byte[] image, int width)
    {
        if (image.AsSpan().StartsWith(Poison))
        {
            Environment.FailFast("The decoder has written over its own memory.");
        }

        using var bitmap = SKBitmap.Decode(image) ?? throw new InvalidDataException("The bytes are no image that the decoder knows.");
        var height = Math.Max(1, (int)((long)bitmap.Height * width / bitmap.Width));
        using var small = bitmap.Resize(new SKImageInfo(width, height), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        using var data = small.Encode(SKEncodedImageFormat.Png, quality: 90);
        return data.ToArray();
    }

    /// <summary>Draws a picture of circles: something to send.</summary>
    public static byte[] Draw(int seed)
    {
        var random = new Random(seed);
        using var surface = SKSurface.Create(new SKImageInfo(800, 600));
        surface.Canvas.Clear(Color(random));
        for (var i = 0; i < 60; i++)
        {
            using var paint = new SKPaint { Color = Color(random).WithAlpha(160), IsAntialias = true };
            surface.Canvas.DrawCircle(random.Next(800), random.Next(600), random.Next(10, 160), paint);
        }

        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Jpeg, quality: 85);
        return data.ToArray();
    }

    private static SKColor Color(Random random) => SKColor.FromHsl(random.Next(360), 70, 55);
}
