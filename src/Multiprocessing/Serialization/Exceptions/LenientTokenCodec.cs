using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>The token of an <see cref="OperationCanceledException"/>: only whether it was cancelled crosses.</summary>
internal sealed class LenientTokenCodec : ValueCodec
{
    public static readonly LenientTokenCodec Instance = new();

    public override void Write(GraphWriter writer, ref byte location) =>
        writer.Out.WriteByte(Unsafe.As<byte, CancellationToken>(ref location).IsCancellationRequested ? (byte)1 : (byte)0);

    public override void Read(GraphReader reader, ref byte location) =>
        Unsafe.As<byte, CancellationToken>(ref location) = new CancellationToken(reader.ReadByte() != 0);
}
