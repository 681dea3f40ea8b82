using System.Buffers;
using System.Buffers.Binary;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>The code of docs/internals/serialization.md.</summary>
public class OwnSerializer
{
    #region serializer
    [ProcessSerializer(typeof(ImageSerializer))]
    public sealed class Image(int width, byte[] pixels)
    {
        public int Width => width;

        public byte[] Pixels => pixels;
    }

    public sealed class ImageSerializer : IProcessSerializer<Image>
    {
        public void Write(Image value, IBufferWriter<byte> output)
        {
            BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), value.Width);
            output.Advance(4);
            output.Write(value.Pixels);
        }

        public Image Read(ReadOnlySpan<byte> data) => new(BinaryPrimitives.ReadInt32LittleEndian(data), data[4..].ToArray());
    }
    #endregion

    [Fact]
    public async Task An_image_crosses_by_its_serializer()
    {
        using var child = ChildProcess.Run(image => new Image(image.Width * 2, image.Pixels), new Image(2, [1, 2, 3, 4]));
        var image = await child.Result;
        image.Width.ShouldBe(4);
        image.Pixels.ShouldBe([1, 2, 3, 4]);
    }
}
