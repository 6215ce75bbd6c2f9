
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'gpt' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'gpt'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $list0 = @()
    $list1 = @('model', 'day', 'tag', 'command')
    $list2 = @('legacy', 'new')
    $list3 = @('ada', 'babbage', 'babbage-002', 'chat-latest', 'chatgpt-4o-latest', 'chatgpt-image-latest', 'code-cushman-001', 'code-cushman-002', 'code-davinci-001', 'code-davinci-002', 'code-davinci-edit-001', 'code-search-ada-code-001', 'code-search-babbage-code-001', 'codex-mini-latest', 'computer-use-preview', 'curie', 'cushman-codex', 'dall-e-2', 'dall-e-3', 'davinci', 'davinci-002', 'davinci-codex', 'daybreak-blue-latest', 'daybreak-red-latest', 'ft:babbage-002', 'ft:davinci-002', 'ft:gpt-3.5-turbo', 'ft:gpt-3.5-turbo-0125', 'ft:gpt-3.5-turbo-0613', 'ft:gpt-3.5-turbo-1106', 'ft:gpt-4-0613', 'ft:gpt-4.1-2025-04-14', 'ft:gpt-4.1-mini-2025-04-14', 'ft:gpt-4.1-nano-2025-04-14', 'ft:gpt-4o-2024-08-06', 'ft:gpt-4o-2024-11-20', 'ft:gpt-4o-mini-2024-07-18', 'ft:o4-mini-2025-04-16', 'gpt-2', 'gpt-3.5', 'gpt-3.5-turbo', 'gpt-3.5-turbo-0125', 'gpt-3.5-turbo-0301', 'gpt-3.5-turbo-0613', 'gpt-3.5-turbo-1106', 'gpt-3.5-turbo-16k', 'gpt-3.5-turbo-instruct', 'gpt-3.5-turbo-instruct-0914', 'gpt-35-turbo', 'gpt-4', 'gpt-4-0125-preview', 'gpt-4-0613', 'gpt-4-1106-preview', 'gpt-4-1106-vision-preview', 'gpt-4-32k', 'gpt-4-turbo', 'gpt-4-turbo-2024-04-09', 'gpt-4-turbo-preview', 'gpt-4-vision-preview', 'gpt-4.1', 'gpt-4.1-mini', 'gpt-4.1-nano', 'gpt-4.5-preview', 'gpt-4o', 'gpt-4o-2024-05-13', 'gpt-4o-audio-preview-2024-12-17', 'gpt-4o-audio-preview-2025-06-03', 'gpt-4o-mini', 'gpt-4o-mini-audio-preview-2024-12-17', 'gpt-4o-mini-realtime-preview-2024-12-17', 'gpt-4o-mini-search-preview', 'gpt-4o-mini-transcribe', 'gpt-4o-mini-transcribe-2025-03-20', 'gpt-4o-mini-tts', 'gpt-4o-search-preview', 'gpt-4o-transcribe', 'gpt-4o-transcribe-diarize', 'gpt-5', 'gpt-5-chat', 'gpt-5-chat-latest', 'gpt-5-codex', 'gpt-5-mini', 'gpt-5-nano', 'gpt-5-pro', 'gpt-5-search-api', 'gpt-5.1', 'gpt-5.1-chat-latest', 'gpt-5.1-codex', 'gpt-5.1-codex-max', 'gpt-5.1-codex-mini', 'gpt-5.2', 'gpt-5.2-chat-latest', 'gpt-5.2-codex', 'gpt-5.2-pro', 'gpt-5.3-chat-latest', 'gpt-5.3-codex', 'gpt-5.4', 'gpt-5.4-mini', 'gpt-5.4-nano', 'gpt-5.4-pro', 'gpt-5.5', 'gpt-5.5-cyber', 'gpt-5.5-cyber-preview', 'gpt-5.5-pro', 'gpt-5.6', 'gpt-5.6-cyber', 'gpt-5.6-luna', 'gpt-5.6-sol', 'gpt-5.6-terra', 'gpt-6-astra', 'gpt-6-astra-law', 'gpt-6-luna', 'gpt-6-rosalind', 'gpt-6-sol', 'gpt-6.1-sol', 'gpt-6.1-terra', 'gpt-audio', 'gpt-audio-1.5', 'gpt-audio-mini', 'gpt-audio-mini-2025-10-06', 'gpt-daybreak-blue-latest', 'gpt-daybreak-red-latest', 'gpt-image-1', 'gpt-image-1-mini', 'gpt-image-1.5', 'gpt-image-2', 'gpt-image-2-2026-04-21', 'gpt-image-2.5-flare', 'gpt-image-2.5-flare-2026-09-08', 'gpt-image-2.5-sunburst', 'gpt-image-2.5-sunburst-2026-09-08', 'gpt-image-2.6-flare', 'gpt-image-2.6-sunburst', 'gpt-live-1', 'gpt-live-transcribe', 'gpt-oss-120b', 'gpt-oss-20b', 'gpt-realtime', 'gpt-realtime-1.5', 'gpt-realtime-2', 'gpt-realtime-2.1', 'gpt-realtime-2.1-mini', 'gpt-realtime-mini', 'gpt-realtime-mini-2025-12-15', 'gpt-realtime-translate', 'gpt-realtime-whisper', 'gpt-rosalind-discovery', 'gpt-rosalind-research', 'gpt-transcribe', 'gpt2', 'o1', 'o1-mini', 'o1-preview', 'o1-pro', 'o3', 'o3-deep-research', 'o3-mini', 'o3-pro', 'o4-mini', 'o4-mini-deep-research', 'omni-moderation-2024-09-26', 'omni-moderation-latest', 'sora-2', 'sora-2-pro', 'sora-2-pro-high-res', 'text-ada-001', 'text-babbage-001', 'text-curie-001', 'text-davinci-001', 'text-davinci-002', 'text-davinci-003', 'text-davinci-edit-001', 'text-embedding-3-large', 'text-embedding-3-small', 'text-embedding-ada-002', 'text-embedding-ada-002-v2', 'text-search-ada-doc-001', 'text-search-babbage-doc-001', 'text-search-curie-doc-001', 'text-search-davinci-doc-001', 'text-similarity-ada-001', 'text-similarity-babbage-001', 'text-similarity-curie-001', 'text-similarity-davinci-001', 'tts-1', 'tts-1-hd', 'whisper-1')
    $list4 = @('head', 'tail')
    $list5 = @('r50k_base', 'p50k_base', 'p50k_edit', 'cl100k_base', 'o200k_base', 'o200k_harmony')

    # What the option before the cursor takes, if that is one of a list or a file ($list0). Where
    # nothing is returned, PowerShell offers files.
    $before = @($commandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition })
    $known = $null
    switch -Wildcard -CaseSensitive ("$command $($before[-1].Extent.Text)") {
        'gpt;batch;submit* --prices' { $known = $list0; break }
        'gpt;batch;submit* --api-key-file' { $known = $list0; break }
        'gpt;batch;status* --api-key-file' { $known = $list0; break }
        'gpt;batch;wait* --api-key-file' { $known = $list0; break }
        'gpt;batch;results* --prices' { $known = $list0; break }
        'gpt;batch;results* --api-key-file' { $known = $list0; break }
        'gpt;batch;cancel* --api-key-file' { $known = $list0; break }
        'gpt;batch;list* --api-key-file' { $known = $list0; break }
        'gpt;models* --api-key-file' { $known = $list0; break }
        'gpt;spend* --by' { $known = $list1; break }
        'gpt;chat* --system-file' { $known = $list0; break }
        'gpt;chat* -a' { $known = $list0; break }
        'gpt;chat* --attach' { $known = $list0; break }
        'gpt;chat* --messages' { $known = $list0; break }
        'gpt;chat* --schema' { $known = $list0; break }
        'gpt;chat* -f' { $known = $list0; break }
        'gpt;chat* --file' { $known = $list0; break }
        'gpt;chat* --max-tokens-field' { $known = $list2; break }
        'gpt;chat* --prices' { $known = $list0; break }
        'gpt;chat* --report' { $known = $list0; break }
        'gpt;chat* --resume' { $known = $list0; break }
        'gpt;chat* --api-key-file' { $known = $list0; break }
        'gpt;chat* -m' { $known = $list3; break }
        'gpt;chat* --model' { $known = $list3; break }
        'gpt;complete* -f' { $known = $list0; break }
        'gpt;complete* --file' { $known = $list0; break }
        'gpt;complete* --max-tokens-field' { $known = $list2; break }
        'gpt;complete* --prices' { $known = $list0; break }
        'gpt;complete* --report' { $known = $list0; break }
        'gpt;complete* --resume' { $known = $list0; break }
        'gpt;complete* --api-key-file' { $known = $list0; break }
        'gpt;complete* -m' { $known = $list3; break }
        'gpt;complete* --model' { $known = $list3; break }
        'gpt;image* --edit' { $known = $list0; break }
        'gpt;image* --mask' { $known = $list0; break }
        'gpt;image* -O' { $known = $list0; break }
        'gpt;image* --output' { $known = $list0; break }
        'gpt;image* -f' { $known = $list0; break }
        'gpt;image* --file' { $known = $list0; break }
        'gpt;image* --prices' { $known = $list0; break }
        'gpt;image* --report' { $known = $list0; break }
        'gpt;image* --resume' { $known = $list0; break }
        'gpt;image* --api-key-file' { $known = $list0; break }
        'gpt;image* -m' { $known = $list3; break }
        'gpt;image* --model' { $known = $list3; break }
        'gpt;tokens* --messages' { $known = $list0; break }
        'gpt;tokens* --prices' { $known = $list0; break }
        'gpt;tokens* --keep' { $known = $list4; break }
        'gpt;tokens* --output' { $known = $list0; break }
        'gpt;tokens* -m' { $known = $list3; break }
        'gpt;tokens* --model' { $known = $list3; break }
        'gpt;tokens* -e' { $known = $list5; break }
        'gpt;tokens* --encoding' { $known = $list5; break }
        'gpt;tokens* --compare' { $known = $list3; break }
    }
    if ($null -ne $known) {
        $known | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
            [CompletionResult]::new($_, $_, [CompletionResultType]::ParameterValue, $_)
        }
        return
    }

    $completions = @(switch ($command) {
        'gpt' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('batch', 'batch', [CompletionResultType]::ParameterValue, 'Have many requests answered within a day, at half the price')
            [CompletionResult]::new('models', 'models', [CompletionResultType]::ParameterValue, 'List the models that are known: encoding, context, longest reply, prices')
            [CompletionResult]::new('spend', 'spend', [CompletionResultType]::ParameterValue, 'Tell what was spent, from the ledger; sends nothing')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Tell how a command is used, or what the exit codes mean')
            [CompletionResult]::new('chat', 'chat', [CompletionResultType]::ParameterValue, 'Ask a chat model once, or hold a conversation')
            [CompletionResult]::new('complete', 'complete', [CompletionResultType]::ParameterValue, 'Let a text model continue the prompt')
            [CompletionResult]::new('image', 'image', [CompletionResultType]::ParameterValue, 'Make pictures, or edit them')
            [CompletionResult]::new('tokens', 'tokens', [CompletionResultType]::ParameterValue, 'Count, price, cut and split text by tokens; sends nothing, ever')
            break
        }
        'gpt;batch' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('submit', 'submit', [CompletionResultType]::ParameterValue, 'Send a file of requests, and print the id of the batch, or of each batch')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Tell how far batches are')
            [CompletionResult]::new('wait', 'wait', [CompletionResultType]::ParameterValue, 'Wait until batches have come to their end')
            [CompletionResult]::new('results', 'results', [CompletionResultType]::ParameterValue, 'Print the answers, in the order of the requests, and book what they cost')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'Stop batches; what is done by then is billed, and can be had with ''results''')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the batches that the server knows, the latest first')
            break
        }
        'gpt;batch;submit' {
            [CompletionResult]::new('--max-cost', '--max-cost', [CompletionResultType]::ParameterName, 'Refuse what could cost more, all requests together')
            [CompletionResult]::new('--budget', '--budget', [CompletionResultType]::ParameterName, 'Refuse what could break this budget: 5/day, 20/week, 50/month, 100/total (repeatable)')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Book under this name; --budget then covers this name alone')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Price per 1,000 tokens in dollars: 0.002, 0.002/1k, 2/1M:12/1M')
            [CompletionResult]::new('--prices', '--prices', [CompletionResultType]::ParameterName, 'Prices from this file, in LiteLLM''s price-map format')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'The API''s address [default: https://api.openai.com/v1]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy: http, https, socks5 or socks5h')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long, all attempts together')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the key from this file')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Use this profile of the config file')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the config file')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Print the estimate and send nothing')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gpt;batch;status' {
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'The API''s address [default: https://api.openai.com/v1]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy: http, https, socks5 or socks5h')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long, all attempts together')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the key from this file')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Use this profile of the config file')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the config file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the server''s JSON, a batch a line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gpt;batch;wait' {
            [CompletionResult]::new('--max-wait', '--max-wait', [CompletionResultType]::ParameterName, 'Wait no longer than this; a batch ends within a day')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'The API''s address [default: https://api.openai.com/v1]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy: http, https, socks5 or socks5h')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long, all attempts together')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the key from this file')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Use this profile of the config file')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the config file')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gpt;batch;results' {
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Price per 1,000 tokens in dollars: 0.002, 0.002/1k, 2/1M:12/1M')
            [CompletionResult]::new('--prices', '--prices', [CompletionResultType]::ParameterName, 'Prices from this file, in LiteLLM''s price-map format')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'The API''s address [default: https://api.openai.com/v1]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy: http, https, socks5 or socks5h')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long, all attempts together')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the key from this file')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Use this profile of the config file')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the config file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, a line a request: index, id, reply, usage, cost, error')
            [CompletionResult]::new('--allow-incomplete', '--allow-incomplete', [CompletionResultType]::ParameterName, 'Exit 0 for replies that were cut at their cap')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gpt;batch;cancel' {
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'The API''s address [default: https://api.openai.com/v1]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy: http, https, socks5 or socks5h')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long, all attempts together')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the key from this file')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Use this profile of the config file')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the config file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the server''s JSON, a batch a line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gpt;batch;list' {
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'At most so many')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'The API''s address [default: https://api.openai.com/v1]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy: http, https, socks5 or socks5h')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long, all attempts together')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the key from this file')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Use this profile of the config file')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the config file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the server''s JSON, a batch a line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gpt;models' {
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'The API''s address [default: https://api.openai.com/v1]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy: http, https, socks5 or socks5h')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long, all attempts together')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the key from this file')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Use this profile of the config file')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the config file')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one model a line')
            [CompletionResult]::new('--remote', '--remote', [CompletionResultType]::ParameterName, 'List the models that the server offers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gpt;spend' {
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'From then on: 2026-11-01, today, yesterday, week, month, 7d, 12h')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Until then')
            [CompletionResult]::new('--by', '--by', [CompletionResultType]::ParameterName, 'A line for each')
            [CompletionResult]::new('--settle', '--settle', [CompletionResultType]::ParameterName, 'Book what an unsettled request really cost')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON')
            [CompletionResult]::new('--csv', '--csv', [CompletionResultType]::ParameterName, 'Print comma-separated values')
            [CompletionResult]::new('--plot', '--plot', [CompletionResultType]::ParameterName, 'Draw money by day')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gpt;help' {
            [CompletionResult]::new('chat', 'chat', [CompletionResultType]::ParameterValue, 'Ask a chat model once, or hold a conversation')
            [CompletionResult]::new('complete', 'complete', [CompletionResultType]::ParameterValue, 'Let a text model continue the prompt')
            [CompletionResult]::new('image', 'image', [CompletionResultType]::ParameterValue, 'Make pictures, or edit them')
            [CompletionResult]::new('batch', 'batch', [CompletionResultType]::ParameterValue, 'Have many requests answered within a day, at half the price')
            [CompletionResult]::new('tokens', 'tokens', [CompletionResultType]::ParameterValue, 'Count, price, cut and split text by tokens; sends nothing, ever')
            [CompletionResult]::new('models', 'models', [CompletionResultType]::ParameterValue, 'List the models that are known: encoding, context, longest reply, prices')
            [CompletionResult]::new('spend', 'spend', [CompletionResultType]::ParameterValue, 'Tell what was spent, from the ledger; sends nothing')
            [CompletionResult]::new('exit-codes', 'exit-codes', [CompletionResultType]::ParameterValue, 'What the exit codes mean')
            break
        }
        'gpt;help;chat' {
            break
        }
        'gpt;help;complete' {
            break
        }
        'gpt;help;image' {
            break
        }
        'gpt;help;batch' {
            [CompletionResult]::new('submit', 'submit', [CompletionResultType]::ParameterValue, 'Send a file of requests, and print the id of the batch, or of each batch')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Tell how far batches are')
            [CompletionResult]::new('wait', 'wait', [CompletionResultType]::ParameterValue, 'Wait until batches have come to their end')
            [CompletionResult]::new('results', 'results', [CompletionResultType]::ParameterValue, 'Print the answers, in the order of the requests, and book what they cost')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'Stop batches; what is done by then is billed, and can be had with ''results''')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the batches that the server knows, the latest first')
            break
        }
        'gpt;help;batch;submit' {
            break
        }
        'gpt;help;batch;status' {
            break
        }
        'gpt;help;batch;wait' {
            break
        }
        'gpt;help;batch;results' {
            break
        }
        'gpt;help;batch;cancel' {
            break
        }
        'gpt;help;batch;list' {
            break
        }
        'gpt;help;tokens' {
            break
        }
        'gpt;help;models' {
            break
        }
        'gpt;help;spend' {
            break
        }
        'gpt;help;exit-codes' {
            break
        }
        'gpt;chat' {
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The system message')
            [CompletionResult]::new('--system', '--system', [CompletionResultType]::ParameterName, 'The system message')
            [CompletionResult]::new('--system-file', '--system-file', [CompletionResultType]::ParameterName, 'The system message from a file')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Attach a picture, for models that see (repeatable)')
            [CompletionResult]::new('--attach', '--attach', [CompletionResultType]::ParameterName, 'Attach a picture, for models that see (repeatable)')
            [CompletionResult]::new('--messages', '--messages', [CompletionResultType]::ParameterName, 'Messages to send first: a JSON array, or one message a line')
            [CompletionResult]::new('--schema', '--schema', [CompletionResultType]::ParameterName, 'Have the reply follow this JSON schema')
            [CompletionResult]::new('-S', '-S ', [CompletionResultType]::ParameterName, 'Continue the conversation kept under this name, or in this file')
            [CompletionResult]::new('--session', '--session', [CompletionResultType]::ParameterName, 'Continue the conversation kept under this name, or in this file')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Add a text file to the prompt, behind the words (repeatable)')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Add a text file to the prompt, behind the words (repeatable)')
            [CompletionResult]::new('--temperature', '--temperature', [CompletionResultType]::ParameterName, 'Sampling temperature')
            [CompletionResult]::new('--top-p', '--top-p', [CompletionResultType]::ParameterName, 'Nucleus sampling')
            [CompletionResult]::new('--stop', '--stop', [CompletionResultType]::ParameterName, 'Text at which the reply stops (repeatable)')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Seed for sampling')
            [CompletionResult]::new('-N', '-N ', [CompletionResultType]::ParameterName, 'Ask for N replies')
            [CompletionResult]::new('--choices', '--choices', [CompletionResultType]::ParameterName, 'Ask for N replies')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Put any other field into the request; VALUE is JSON, else a string (repeatable)')
            [CompletionResult]::new('--option', '--option', [CompletionResultType]::ParameterName, 'Put any other field into the request; VALUE is JSON, else a string (repeatable)')
            [CompletionResult]::new('--max-tokens', '--max-tokens', [CompletionResultType]::ParameterName, 'The reply''s cap, in tokens')
            [CompletionResult]::new('--max-tokens-field', '--max-tokens-field', [CompletionResultType]::ParameterName, 'The field of the cap: max_tokens (legacy), max_completion_tokens (new) [default: the model''s]')
            [CompletionResult]::new('--max-prompt-tokens', '--max-prompt-tokens', [CompletionResultType]::ParameterName, 'Refuse a prompt of more than N tokens')
            [CompletionResult]::new('--max-cost', '--max-cost', [CompletionResultType]::ParameterName, 'Refuse what could cost more, retries and all; without --max-tokens, cap the reply at what it allows')
            [CompletionResult]::new('--budget', '--budget', [CompletionResultType]::ParameterName, 'Refuse what could break this budget: 5/day, 20/week, 50/month, 100/total (repeatable); days begin at local midnight, weeks on Monday')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Book under this name; --budget then covers this name alone')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Price per 1,000 tokens in dollars: 0.002, 0.002/1k, 2/1M:12/1M')
            [CompletionResult]::new('--prices', '--prices', [CompletionResultType]::ParameterName, 'Prices from this file, in LiteLLM''s price-map format')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Append one JSON line with the whole account of the call')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'So many requests at once; replies keep the order of the records')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'So many requests at once; replies keep the order of the records')
            [CompletionResult]::new('--resume', '--resume', [CompletionResultType]::ParameterName, 'Write to OUT instead of standard output, and ask only what it does not answer yet')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'The API''s address [default: https://api.openai.com/v1]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy: http, https, socks5 or socks5h')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long, all attempts together')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the key from this file')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Use this profile of the config file')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the config file')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The model [default: gpt-5.6-terra]')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model [default: gpt-5.6-terra]')
            [CompletionResult]::new('--fit', '--fit', [CompletionResultType]::ParameterName, 'Drop the oldest turns until the prompt fits the model''s context')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Converse: read a line, send it, print the reply, again')
            [CompletionResult]::new('--interactive', '--interactive', [CompletionResultType]::ParameterName, 'Converse: read a line, send it, print the reply, again')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Leave standard input alone')
            [CompletionResult]::new('--no-stdin', '--no-stdin', [CompletionResultType]::ParameterName, 'Leave standard input alone')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Print the estimate and send nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the request''s body and send nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the server''s response as it was sent')
            [CompletionResult]::new('--stream', '--stream', [CompletionResultType]::ParameterName, 'Print the reply as it comes [default: on a terminal]')
            [CompletionResult]::new('--no-stream', '--no-stream', [CompletionResultType]::ParameterName, 'Print the reply when it is whole [default: into a pipe]')
            [CompletionResult]::new('--allow-incomplete', '--allow-incomplete', [CompletionResultType]::ParameterName, 'Exit 0 for a reply that was cut at its cap')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Nothing on standard error but errors')
            [CompletionResult]::new('--lines', '--lines', [CompletionResultType]::ParameterName, 'Every line of standard input is a request; PROMPT and all options apply to each')
            [CompletionResult]::new('-0', '-0', [CompletionResultType]::ParameterName, 'Every NUL-separated record is a request; replies end in NUL, their line breaks untouched')
            [CompletionResult]::new('--null', '--null', [CompletionResultType]::ParameterName, 'Every NUL-separated record is a request; replies end in NUL, their line breaks untouched')
            [CompletionResult]::new('--jsonl', '--jsonl', [CompletionResultType]::ParameterName, 'Every JSON line is a request: {"prompt": ...} or {"messages": ...}, with an optional "id"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gpt;complete' {
            [CompletionResult]::new('--suffix', '--suffix', [CompletionResultType]::ParameterName, 'Text that comes after the completion')
            [CompletionResult]::new('--logprobs', '--logprobs', [CompletionResultType]::ParameterName, 'Log probabilities of the N likeliest tokens (see them with --json)')
            [CompletionResult]::new('--best-of', '--best-of', [CompletionResultType]::ParameterName, 'Make N completions on the server, return the best; all of them are billed')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Add a text file to the prompt, behind the words (repeatable)')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Add a text file to the prompt, behind the words (repeatable)')
            [CompletionResult]::new('--temperature', '--temperature', [CompletionResultType]::ParameterName, 'Sampling temperature')
            [CompletionResult]::new('--top-p', '--top-p', [CompletionResultType]::ParameterName, 'Nucleus sampling')
            [CompletionResult]::new('--stop', '--stop', [CompletionResultType]::ParameterName, 'Text at which the reply stops (repeatable)')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Seed for sampling')
            [CompletionResult]::new('-N', '-N ', [CompletionResultType]::ParameterName, 'Ask for N replies')
            [CompletionResult]::new('--choices', '--choices', [CompletionResultType]::ParameterName, 'Ask for N replies')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Put any other field into the request; VALUE is JSON, else a string (repeatable)')
            [CompletionResult]::new('--option', '--option', [CompletionResultType]::ParameterName, 'Put any other field into the request; VALUE is JSON, else a string (repeatable)')
            [CompletionResult]::new('--max-tokens', '--max-tokens', [CompletionResultType]::ParameterName, 'The reply''s cap, in tokens')
            [CompletionResult]::new('--max-tokens-field', '--max-tokens-field', [CompletionResultType]::ParameterName, 'The field of the cap: max_tokens (legacy), max_completion_tokens (new) [default: the model''s]')
            [CompletionResult]::new('--max-prompt-tokens', '--max-prompt-tokens', [CompletionResultType]::ParameterName, 'Refuse a prompt of more than N tokens')
            [CompletionResult]::new('--max-cost', '--max-cost', [CompletionResultType]::ParameterName, 'Refuse what could cost more, retries and all; without --max-tokens, cap the reply at what it allows')
            [CompletionResult]::new('--budget', '--budget', [CompletionResultType]::ParameterName, 'Refuse what could break this budget: 5/day, 20/week, 50/month, 100/total (repeatable); days begin at local midnight, weeks on Monday')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Book under this name; --budget then covers this name alone')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Price per 1,000 tokens in dollars: 0.002, 0.002/1k, 2/1M:12/1M')
            [CompletionResult]::new('--prices', '--prices', [CompletionResultType]::ParameterName, 'Prices from this file, in LiteLLM''s price-map format')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Append one JSON line with the whole account of the call')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'So many requests at once; replies keep the order of the records')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'So many requests at once; replies keep the order of the records')
            [CompletionResult]::new('--resume', '--resume', [CompletionResultType]::ParameterName, 'Write to OUT instead of standard output, and ask only what it does not answer yet')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'The API''s address [default: https://api.openai.com/v1]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy: http, https, socks5 or socks5h')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long, all attempts together')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the key from this file')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Use this profile of the config file')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the config file')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The model [default: gpt-5.6-terra]')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model [default: gpt-5.6-terra]')
            [CompletionResult]::new('--echo', '--echo', [CompletionResultType]::ParameterName, 'Have the prompt echoed before the completion')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Leave standard input alone')
            [CompletionResult]::new('--no-stdin', '--no-stdin', [CompletionResultType]::ParameterName, 'Leave standard input alone')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Print the estimate and send nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the request''s body and send nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the server''s response as it was sent')
            [CompletionResult]::new('--stream', '--stream', [CompletionResultType]::ParameterName, 'Print the reply as it comes [default: on a terminal]')
            [CompletionResult]::new('--no-stream', '--no-stream', [CompletionResultType]::ParameterName, 'Print the reply when it is whole [default: into a pipe]')
            [CompletionResult]::new('--allow-incomplete', '--allow-incomplete', [CompletionResultType]::ParameterName, 'Exit 0 for a reply that was cut at its cap')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Nothing on standard error but errors')
            [CompletionResult]::new('--lines', '--lines', [CompletionResultType]::ParameterName, 'Every line of standard input is a request; PROMPT and all options apply to each')
            [CompletionResult]::new('-0', '-0', [CompletionResultType]::ParameterName, 'Every NUL-separated record is a request; replies end in NUL, their line breaks untouched')
            [CompletionResult]::new('--null', '--null', [CompletionResultType]::ParameterName, 'Every NUL-separated record is a request; replies end in NUL, their line breaks untouched')
            [CompletionResult]::new('--jsonl', '--jsonl', [CompletionResultType]::ParameterName, 'Every JSON line is a request: {"prompt": ...} or {"messages": ...}, with an optional "id"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gpt;image' {
            [CompletionResult]::new('--size', '--size', [CompletionResultType]::ParameterName, 'Width and height, such as 1024x1024, or auto')
            [CompletionResult]::new('--quality', '--quality', [CompletionResultType]::ParameterName, 'Such as low, medium, high or auto; the better, the dearer')
            [CompletionResult]::new('--background', '--background', [CompletionResultType]::ParameterName, 'transparent, opaque or auto')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'png, jpeg, webp or what else the model makes')
            [CompletionResult]::new('--edit', '--edit', [CompletionResultType]::ParameterName, 'Edit this picture; ''-'' is standard input (repeatable)')
            [CompletionResult]::new('--mask', '--mask', [CompletionResultType]::ParameterName, 'Edit only where this picture, of the same size, is transparent')
            [CompletionResult]::new('-O', '-O ', [CompletionResultType]::ParameterName, 'Write to this file; several get numbers, at %d or %03d (%% is a percent sign) or before the extension')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to this file; several get numbers, at %d or %03d (%% is a percent sign) or before the extension')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Add a text file to the prompt, behind the words (repeatable)')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Add a text file to the prompt, behind the words (repeatable)')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Put any other field into the request; VALUE is JSON, else a string (repeatable)')
            [CompletionResult]::new('--option', '--option', [CompletionResultType]::ParameterName, 'Put any other field into the request; VALUE is JSON, else a string (repeatable)')
            [CompletionResult]::new('--max-prompt-tokens', '--max-prompt-tokens', [CompletionResultType]::ParameterName, 'Refuse a prompt of more than N tokens')
            [CompletionResult]::new('--budget', '--budget', [CompletionResultType]::ParameterName, 'Refuse what could break this budget: 5/day, 20/week, 50/month, 100/total (repeatable); days begin at local midnight, weeks on Monday')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Book under this name; --budget then covers this name alone')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Price per 1,000 tokens in dollars: 0.002, 0.002/1k, 2/1M:12/1M')
            [CompletionResult]::new('--prices', '--prices', [CompletionResultType]::ParameterName, 'Prices from this file, in LiteLLM''s price-map format')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Append one JSON line with the whole account of the call')
            [CompletionResult]::new('--resume', '--resume', [CompletionResultType]::ParameterName, 'Write to OUT instead of standard output, and ask only what it does not answer yet')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'The API''s address [default: https://api.openai.com/v1]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Proxy: http, https, socks5 or socks5h')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long, all attempts together')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often to try again')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the key from this file')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Use this profile of the config file')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the config file')
            [CompletionResult]::new('-N', '-N ', [CompletionResultType]::ParameterName, 'Make N pictures')
            [CompletionResult]::new('--choices', '--choices', [CompletionResultType]::ParameterName, 'Make N pictures')
            [CompletionResult]::new('--max-cost', '--max-cost', [CompletionResultType]::ParameterName, 'Refuse what could cost more')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'So many requests at once; what is printed keeps their order')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'So many requests at once; what is printed keeps their order')
            [CompletionResult]::new('--temperature', '--temperature', [CompletionResultType]::ParameterName, 'Sampling temperature')
            [CompletionResult]::new('--top-p', '--top-p', [CompletionResultType]::ParameterName, 'Nucleus sampling')
            [CompletionResult]::new('--stop', '--stop', [CompletionResultType]::ParameterName, 'Text at which the reply stops (repeatable)')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Seed for sampling')
            [CompletionResult]::new('--max-tokens', '--max-tokens', [CompletionResultType]::ParameterName, 'The reply''s cap, in tokens')
            [CompletionResult]::new('--max-tokens-field', '--max-tokens-field', [CompletionResultType]::ParameterName, 'The field of the cap: max_tokens (legacy), max_completion_tokens (new) [default: the model''s]')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The model [default: gpt-image-2]')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model [default: gpt-image-2]')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite files that exist')
            [CompletionResult]::new('--show', '--show', [CompletionResultType]::ParameterName, 'Draw the pictures in the terminal, too; with --stream, previews as they come')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Leave standard input alone')
            [CompletionResult]::new('--no-stdin', '--no-stdin', [CompletionResultType]::ParameterName, 'Leave standard input alone')
            [CompletionResult]::new('--estimate', '--estimate', [CompletionResultType]::ParameterName, 'Print the estimate and send nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the request''s body and send nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the server''s response as it was sent')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Nothing on standard error but errors')
            [CompletionResult]::new('--lines', '--lines', [CompletionResultType]::ParameterName, 'Every line of standard input is a request; PROMPT and all options apply to each')
            [CompletionResult]::new('--stream', '--stream', [CompletionResultType]::ParameterName, 'Ask for previews, with --show; they cost a little more')
            [CompletionResult]::new('-0', '-0', [CompletionResultType]::ParameterName, 'Every NUL-separated record is; so is what is printed')
            [CompletionResult]::new('--null', '--null', [CompletionResultType]::ParameterName, 'Every NUL-separated record is; so is what is printed')
            [CompletionResult]::new('--jsonl', '--jsonl', [CompletionResultType]::ParameterName, 'Every JSON line is: {"prompt": ...}, perhaps an "id"')
            [CompletionResult]::new('--no-stream', '--no-stream', [CompletionResultType]::ParameterName, 'Print the reply when it is whole [default: into a pipe]')
            [CompletionResult]::new('--allow-incomplete', '--allow-incomplete', [CompletionResultType]::ParameterName, 'Exit 0 for a reply that was cut at its cap')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gpt;tokens' {
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'With --chat: the system message that goes before it')
            [CompletionResult]::new('--system', '--system', [CompletionResultType]::ParameterName, 'With --chat: the system message that goes before it')
            [CompletionResult]::new('--messages', '--messages', [CompletionResultType]::ParameterName, 'Count a chat: a JSON array of messages, or one message a line')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Price per 1,000 tokens in dollars: 0.002, 0.002/1k, 2/1M')
            [CompletionResult]::new('--prices', '--prices', [CompletionResultType]::ParameterName, 'Prices from this file, in LiteLLM''s price-map format')
            [CompletionResult]::new('--max-tokens', '--max-tokens', [CompletionResultType]::ParameterName, 'Exit 3 when the total is over N')
            [CompletionResult]::new('--truncate', '--truncate', [CompletionResultType]::ParameterName, 'Print at most N tokens of the input, never half a character')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Which end --truncate keeps')
            [CompletionResult]::new('--split', '--split', [CompletionResultType]::ParameterName, 'Print pieces of at most N tokens, each ended by NUL')
            [CompletionResult]::new('--overlap', '--overlap', [CompletionResultType]::ParameterName, 'Tokens that a piece repeats of the one before')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the pieces to files: ''part-%03d.txt'' gives part-001.txt, part-002.txt, ...')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'Threads for large inputs [default: 2, where the machine has two processors]')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'Threads for large inputs [default: 2, where the machine has two processors]')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'Count as this model does [default: gpt-5.6-terra]')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'Count as this model does [default: gpt-5.6-terra]')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Count with this encoding, whatever the model')
            [CompletionResult]::new('--encoding', '--encoding', [CompletionResultType]::ParameterName, 'Count with this encoding, whatever the model')
            [CompletionResult]::new('--compare', '--compare', [CompletionResultType]::ParameterName, 'A table of counts and prices by model')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Print the bare number, one a FILE')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Print the bare number, one a FILE')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object a line')
            [CompletionResult]::new('--chat', '--chat', [CompletionResultType]::ParameterName, 'Count the text as one user message of a chat, as the API will bill it')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Walk directories, minding ignore files as ripgrep does')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Walk directories, minding ignore files as ripgrep does')
            [CompletionResult]::new('--lines', '--lines', [CompletionResultType]::ParameterName, 'A count for every line')
            [CompletionResult]::new('-0', '-0', [CompletionResultType]::ParameterName, 'A count for every NUL-separated record')
            [CompletionResult]::new('--null', '--null', [CompletionResultType]::ParameterName, 'A count for every NUL-separated record')
            [CompletionResult]::new('--jsonl', '--jsonl', [CompletionResultType]::ParameterName, 'A count for every JSON line: {"prompt": ...} or {"messages": ...}, with an optional "id"')
            [CompletionResult]::new('--pass', '--pass', [CompletionResultType]::ParameterName, 'Copy the input to standard output if it is within --max-tokens, else nothing')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Let --output replace files that exist')
            [CompletionResult]::new('--ids', '--ids', [CompletionResultType]::ParameterName, 'Print the token ids, a line an input')
            [CompletionResult]::new('--decode', '--decode', [CompletionResultType]::ParameterName, 'Turn token ids back into text')
            [CompletionResult]::new('--show', '--show', [CompletionResultType]::ParameterName, 'Print the text with its tokens visibly bounded, coloured on a terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Nothing on standard error but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
