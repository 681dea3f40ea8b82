using System.Runtime.CompilerServices;
using System.Text;

namespace Multiprocessing;

/// <summary>
/// An encoding of <see cref="CodePagesEncodingProvider"/>: it crosses as the number of its code page and its fallbacks, because its tables are in
/// native memory. The reader gets it from the provider, which need not be registered there.
/// </summary>
internal sealed class CodePageCodec(Type type) : ObjectCodec(type, CodecTraits.Tracked | CodecTraits.HeadRefers)
{
    private static readonly ReferenceSlot Fallbacks = ReferenceSlot.Object;

    public override void WriteHead(GraphWriter writer, object value)
    {
        var encoding = (Encoding)value;
        var plain = Find(encoding.CodePage);
        if (plain?.GetType() != encoding.GetType())
        {
            throw new CannotCrossException(
                new Refusal(
                    Type, "No provider of the framework creates it; pass its name, and get it in the child from the provider that creates it."),
                value);
        }

        writer.Out.Write(encoding.CodePage);
        writer.Out.WriteByte(encoding.IsReadOnly ? (byte)1 : (byte)0);

        // The default fallbacks refer to the encoding itself, and are not written.
        writer.WriteReference(encoding.EncoderFallback.Equals(plain.EncoderFallback) ? null : encoding.EncoderFallback, Fallbacks);
        writer.WriteReference(encoding.DecoderFallback.Equals(plain.DecoderFallback) ? null : encoding.DecoderFallback, Fallbacks);
    }

    public override object Create(GraphReader reader)
    {
        var page = reader.Read<int>();
        var isReadOnly = reader.ReadByte() != 0;
        var plain = Find(page) ?? throw GraphReader.Torn();
        var encoder = reader.ReadReference(Fallbacks) as EncoderFallback;
        var decoder = reader.ReadReference(Fallbacks) as DecoderFallback;
        if (encoder is null && decoder is null && isReadOnly)
        {
            return plain;
        }

        if (isReadOnly)
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(page, encoder ?? plain.EncoderFallback, decoder ?? plain.DecoderFallback)
                ?? throw GraphReader.Torn();
        }

        var clone = (Encoding)plain.Clone();
        clone.EncoderFallback = encoder ?? plain.EncoderFallback;
        clone.DecoderFallback = decoder ?? plain.DecoderFallback;
        return clone;
    }

    public override IEnumerable<PathStep> Children(object value) =>
        [new PathStep("encoder fallback", ((Encoding)value).EncoderFallback), new PathStep("decoder fallback", ((Encoding)value).DecoderFallback)];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Encoding? Find(int page) => CodePagesEncodingProvider.Instance.GetEncoding(page);
}
