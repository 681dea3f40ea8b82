namespace PluginHost.Pictures;

/// <summary>A decoded picture. It crosses to the host by value.</summary>
/// <param name="Title">The title.</param>
/// <param name="Pixels">The number of pixels.</param>
/// <param name="Brightness">The mean of all pixels, 0 to 255.</param>
internal sealed record Picture(string Title, long Pixels, double Brightness);
