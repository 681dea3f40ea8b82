using Microsoft.Extensions.Options;

namespace Multiprocessing;

/// <summary>Checks the options of one name as the library does, so that a wrong one ends the start of the host.</summary>
/// <param name="name">The name of the options.</param>
/// <param name="what">What they belong to, for the message.</param>
/// <param name="validate">The library's check.</param>
internal sealed class OptionsValidation<TOptions>(string name, string what, Action<TOptions> validate) : IValidateOptions<TOptions>
    where TOptions : class
{
    public ValidateOptionsResult Validate(string? checkedName, TOptions options)
    {
        if (checkedName != name)
        {
            return ValidateOptionsResult.Skip;
        }

        try
        {
            validate(options);
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException exception)
        {
            var option = exception.ParamName is { } parameter && !exception.Message.Contains(parameter, StringComparison.Ordinal)
                ? $" {parameter}:"
                : "";
            return ValidateOptionsResult.Fail($"The options of {what} are not valid:{option} {exception.Message}");
        }
    }
}
