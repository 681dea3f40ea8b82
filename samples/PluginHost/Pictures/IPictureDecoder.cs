namespace PluginHost.Pictures;

/// <summary>The interface of the native library, as the host calls it: through a proxy, in another process.</summary>
internal interface IPictureDecoder
{
    /// <summary>Decodes the picture in a file.</summary>
    Picture Decode(string path);
}
