using System.Buffers;
using System.Buffers.Binary;
using Grpc.Core;

namespace Services.Contenders;

/// <summary>A message of one number; gRPC takes classes only.</summary>
internal sealed record GrpcNumber(int Value);

/// <summary>
/// The calls of the comparison as gRPC methods. The messages are a bare number and bare bytes, without Protocol Buffers: less work than generated
/// messages need.
/// </summary>
internal static class GrpcContract
{
    private const string Service = "Calculator";

    private static readonly Marshaller<GrpcNumber> Number = new(WriteNumber, ReadNumber);
    private static readonly Marshaller<byte[]> Bytes = new(WriteBytes, static context => context.PayloadAsReadOnlySequence().ToArray());

    public static readonly Method<GrpcNumber, GrpcNumber> Add = new(MethodType.Unary, Service, nameof(Add), Number, Number);
    public static readonly Method<byte[], byte[]> Echo = new(MethodType.Unary, Service, nameof(Echo), Bytes, Bytes);
    public static readonly Method<GrpcNumber, GrpcNumber> Count = new(MethodType.ServerStreaming, Service, nameof(Count), Number, Number);

    private static void WriteNumber(GrpcNumber number, SerializationContext context)
    {
        context.SetPayloadLength(sizeof(int));
        var writer = context.GetBufferWriter();
        BinaryPrimitives.WriteInt32LittleEndian(writer.GetSpan(sizeof(int)), number.Value);
        writer.Advance(sizeof(int));
        context.Complete();
    }

    private static GrpcNumber ReadNumber(DeserializationContext context)
    {
        var reader = new SequenceReader<byte>(context.PayloadAsReadOnlySequence());
        return reader.TryReadLittleEndian(out int value) ? new(value) : throw new InvalidDataException("A number has 4 bytes.");
    }

    private static void WriteBytes(byte[] value, SerializationContext context)
    {
        context.SetPayloadLength(value.Length);
        context.GetBufferWriter().Write(value);
        context.Complete();
    }
}
