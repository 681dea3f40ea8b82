using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>The token of an <see cref="OperationCanceledException"/>: what matters of it is whether it was cancelled.</summary>
internal sealed class LenientTokenCodec : ValueCodec
{
    public static readonly LenientTokenCodec Instance = new();

    public override void Write(GraphWriter writer, ref byte place) =>
        writer.Out.WriteByte(Unsafe.As<byte, CancellationToken>(ref place).IsCancellationRequested ? (byte)1 : (byte)0);

    public override void Read(GraphReader reader, ref byte place) => Unsafe.As<byte, CancellationToken>(ref place) = new CancellationToken(reader.ReadByte() != 0);
}
