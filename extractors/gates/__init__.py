"""Gates: may this page be skipped without extracting it, because it cannot be kept?"""
