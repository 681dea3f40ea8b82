namespace Multiprocessing;

/// <summary>Between processes of one session, which run the same build: the serializer's own format. Handles of the library cross.</summary>
internal sealed unsafe class SameBuildPayload : PayloadFormat
{
    public static readonly SameBuildPayload Instance = new();

    private SameBuildPayload()
    {
    }

    public override bool IsSameBuild => true;

    public override void Write<T>(MessageBuffer buffer, T value, string name) => ValueSerializer.Serialize(buffer, value, name);

    public override T Read<T>(ref byte* data, byte* end, string name) => ValueSerializer.Deserialize<T>(ref data, end);

    public override void WriteException(MessageBuffer buffer, Exception exception) => ExceptionMessage.Write(buffer, exception);

    public override Exception ReadException(byte* data, byte* end) => ExceptionMessage.Read(ref data, end);
}
