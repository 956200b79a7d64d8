"""The SDK's costs beside its peers', as ratios that were measured side by side in one run."""
